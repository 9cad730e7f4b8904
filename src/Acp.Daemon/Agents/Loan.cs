using System.Formats.Cbor;
using Acp.Asa;

namespace Acp.Daemon.Agents;

/// <summary>What Gray and Briggs talk about, <c>["NZD", 300]</c>, as graspy's agents of these names do.</summary>
internal sealed record Loan(string Currency, int Amount)
{
    public static readonly Objective Objective = Objective.Negotiable("EX3") with { LoopCount = 20 };

    public static readonly ICborConverter<Loan> Converter = new LoanConverter();

    public static Loan Of(Objective objective) => objective.Value.To(Converter);

    public Objective AsOffer() => Objective with { Value = CborValue.From(this, Converter) };

    public override string ToString() => $"{Currency} {Amount}";

    private sealed class LoanConverter : ICborConverter<Loan>
    {
        public void Write(CborWriter writer, Loan value)
        {
            writer.WriteStartArray(2);
            writer.WriteTextString(value.Currency);
            writer.WriteInt32(value.Amount);
            writer.WriteEndArray();
        }

        public Loan Read(CborReader reader)
        {
            reader.ReadStartArray();
            var loan = new Loan(reader.ReadTextString(), reader.ReadInt32());
            reader.ReadEndArray();
            return loan;
        }
    }
}

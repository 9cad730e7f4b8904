using System.CommandLine;
using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>A subcommand of <c>acpd grasp</c>, with the options that several of them have.</summary>
internal sealed class GraspTool
{
    private readonly GraspAccess _access;

    private readonly Option<bool> _diagnostic = new("--diag")
    {
        Description = "Values are CBOR diagnostic notation (RFC 8949 §8) instead of JSON, as they are given and in --json.",
    };

    public GraspTool(string name, string description)
    {
        Command = new Command(name, description);
        _access = new GraspAccess(Command);
        Command.Options.Add(_diagnostic);
    }

    public Command Command { get; }

    public Argument<string> Objective()
    {
        var argument = new Argument<string>("OBJECTIVE") { Description = "Its name; a private one holds a colon, as in 411:mine." };
        Command.Arguments.Add(argument);
        return argument;
    }

    public Argument<string?> OptionalObjective()
    {
        var argument = new Argument<string?>("OBJECTIVE") { Description = "Its name. [default: all]", Arity = ArgumentArity.ZeroOrOne };
        Command.Arguments.Add(argument);
        return argument;
    }

    public Option<string[]> Values(string description, bool required)
    {
        var option = new Option<string[]>("--value") { Description = description, HelpName = "JSON", Required = required };
        Command.Options.Add(option);
        return option;
    }

    public Option<double> Seconds(string name, string description, double otherwise)
    {
        var option = new Option<double>(name) { Description = description, HelpName = "SECONDS", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and < 4_000_000))
                result.AddError($"{name} is from 0 to 4000000 seconds");
        });
        Command.Options.Add(option);
        return option;
    }

    public Option<string?> Peer()
    {
        var option = new Option<string?>("--peer")
        {
            Description = "Whom to ask: ADDRESS, or [ADDRESS]:PORT if not 7017. [default: whoever is discovered]",
            HelpName = "ADDRESS",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && LocatorText.Parse(text) is null)
                result.AddError($"--peer: '{text}' is not an address, or [address]:port");
        });
        Command.Options.Add(option);
        return option;
    }

    public void Do(Func<GraspCall, Task<int>> work) => Command.SetAction((parsed, _) => _access.RunAsync(
        parsed,
        $"acpd grasp {Command.Name}",
        (asa, output, cancel) => work(new GraspCall(
            parsed, new ValueText(parsed.GetValue(_diagnostic)), asa, output, _access.IsStandalone(parsed), cancel))));

    /// <summary>As <see cref="Do"/>, without an ASA.</summary>
    public void Use(Func<ParseResult, GraspApi, ValueText, GraspOutput, CancellationToken, Task<int>> work) => Command.SetAction((parsed, _) =>
        _access.UseAsync(parsed, (grasp, output, cancel) => work(parsed, grasp, new ValueText(parsed.GetValue(_diagnostic)), output, cancel)));

    public bool IsStandalone(ParseResult parsed) => _access.IsStandalone(parsed);
}

using System.Net.Sockets;
using Acp.Asa;
using Acp.Core.Grasp;
using Acp.Wire.Grasp;
using Objective = Acp.Asa.Objective;

namespace Acp.Tests.AsaRoom;

/// <summary>How graspy treats streams, and what our substrate makes of it: real sockets, a scripted peer.</summary>
public class GraspyStreamTests
{
    private static readonly Objective Loan = Objective.Negotiable("EX3") with { Value = 1 };
    private static readonly Objective Weather = Objective.Synchronizable("EX2");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task H52_quirk2_a_message_of_ours_is_one_segment_and_quirk4_the_stream_ends_after_it()
    {
        await using var world = new SocketWorld(null);
        var source = await world.RightNode.RegisterAsaAsync("source");
        await source.RegisterObjectiveAsync(Weather);
        await source.ListenSynchronizeAsync(Weather with { Value = new byte[1200] });
        using var client = world.ConnectToRight();
        client.ReceiveTimeout = 20_000;
        client.Send(new RequestSynchronizationMessage(1, Weather.ToWire()).Encode());
        // graspy reads once, and for long messages until the end: one read has it all, and the next the end.
        var buffer = new byte[4096];
        var read = client.Receive(buffer);
        Assert.True(GraspMessage.TryDecode(buffer.AsSpan(0, read), out _, out _));
        Assert.Equal(0, client.Receive(buffer));
    }

    [Fact]
    public async Task H41_quirk3_messages_that_share_a_segment_are_told_apart()
    {
        await using var world = new SocketWorld(null);
        var (request, client) = await RequestFrom(world);
        using (client)
        {
            // The answer to our request: WAIT and a step in one segment, which a graspy would lose half of.
            var id = ReadRequest(client);
            client.Send([.. new WaitMessage(id, TimeSpan.FromMinutes(1)).Encode(), .. new NegotiationMessage(id, (Loan with { Value = 2 }).ToWire()).Encode()]);
            var offer = await request.WaitAsync(Patience);
            Assert.Equal(2, Assert.IsType<NegotiationResult.CounterOffer>(offer).Objective.Value.ToInt64());
        }
    }

    [Fact]
    public async Task H01_quirk2_a_message_that_comes_in_pieces_is_put_together()
    {
        await using var world = new SocketWorld(null);
        var (request, client) = await RequestFrom(world);
        using (client)
        {
            var id = ReadRequest(client);
            var answer = new NegotiationMessage(id, (Loan with { Value = new byte[1500] }).ToWire()).Encode();
            foreach (var piece in answer.Chunk(7))
                client.Send(piece);
            var offer = await request.WaitAsync(Patience);
            Assert.Equal(1500, Assert.IsType<NegotiationResult.CounterOffer>(offer).Objective.Value.ToBytes().Length);
        }
    }

    [Fact]
    public async Task Quirk3_what_follows_a_wait_of_ours_comes_in_a_segment_of_its_own()
    {
        await using var world = new SocketWorld(GraspOptions.ForStandalone);
        var bank = await world.RightNode.RegisterAsaAsync("bank");
        await bank.RegisterObjectiveAsync(Loan);
        var listening = FirstRequest(bank);
        using var client = world.ConnectToRight();
        client.ReceiveTimeout = 20_000;
        client.Send(new RequestNegotiationMessage(9, Loan.ToWire()).Encode());
        var asked = await listening.WaitAsync(Patience);
        await asked.Session.NegotiateWaitAsync(TimeSpan.FromSeconds(30));
        await asked.Session.AcceptAsync();
        var buffer = new byte[4096];
        var read = client.Receive(buffer);
        Assert.True(GraspMessage.TryDecode(buffer.AsSpan(0, read), out var first, out _));
        Assert.IsType<WaitMessage>(first);
        read = client.Receive(buffer);
        Assert.True(GraspMessage.TryDecode(buffer.AsSpan(0, read), out var second, out _));
        Assert.IsType<EndMessage>(second);
    }

    /// <summary>The left engine asks a peer that has no engine.</summary>
    private static async Task<(Task<NegotiationResult> Request, Socket Client)> RequestFrom(SocketWorld world)
    {
        var (listener, where) = world.ListenOnRight();
        using (listener)
        {
            var borrower = await world.LeftNode.RegisterAsaAsync("borrower");
            await borrower.RegisterObjectiveAsync(Loan);
            var request = borrower.RequestNegotiateAsync(Loan, where);
            var client = await listener.AcceptAsync().WaitAsync(Patience);
            client.NoDelay = true;
            client.ReceiveTimeout = 20_000;
            return (request, client);
        }
    }

    private static async Task<NegotiationRequest> FirstRequest(GraspAsa bank)
    {
        await foreach (var request in bank.ListenNegotiateAsync(Loan.Name))
            return request;
        throw new InvalidOperationException("nobody asked");
    }

    private static uint ReadRequest(Socket client)
    {
        var buffer = new byte[4096];
        var read = client.Receive(buffer);
        Assert.True(GraspMessage.TryDecode(buffer.AsSpan(0, read), out var message, out _));
        return Assert.IsType<RequestNegotiationMessage>(message).SessionId;
    }
}

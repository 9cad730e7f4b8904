using Acp.Asa;
using GraspError = Acp.Wire.Grasp.GraspError;

namespace AsaSamples;

/// <summary>Three kinds of failure, by what can be done about them.</summary>
internal static class Errors
{
    public static async Task RunAsync(GraspApi grasp, Action<string> print)
    {
        await using var asa = await grasp.RegisterAsaAsync("tester");
        var nobody = Objective.Synchronizable("example:nobody-has-it");

        try
        {
            await asa.SynchronizeAsync(nobody, timeout: TimeSpan.FromSeconds(1));
        }
        catch (GraspPeerException e)
        {
            // Nobody is there, or the peer failed: later, or another one.
            print($"try later: {e.Error}");
        }

        try
        {
            await asa.DeregisterObjectiveAsync(nobody.Name);
        }
        catch (GraspUsageException e) when (e.Error == GraspError.notObj)
        {
            // The program is wrong: trying again will not help.
            print($"mend the program: {e.Error}, {(int)e.Error} in RFC 8991");
        }

        // GraspUnavailableException is the third: no network to trust yet, or the engine has as much to do as it takes.
        using var patience = new CancellationTokenSource();
        var listening = FirstRequestAsync(asa, patience.Token);
        patience.Cancel();
        try
        {
            await listening;
        }
        catch (OperationCanceledException)
        {
            // Cancelling is as everywhere in .NET; the engine ends what the call had begun.
            print("cancelled");
        }
    }

    private static async Task FirstRequestAsync(GraspAsa asa, CancellationToken cancel)
    {
        await asa.RegisterObjectiveAsync(Objective.Negotiable("example:quiet"), cancel: CancellationToken.None);
        await foreach (var request in asa.ListenNegotiateAsync("example:quiet", cancel))
            await request.Session.AcceptAsync(cancel);
    }
}

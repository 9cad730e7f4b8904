namespace Acp.Asa;

/// <summary>
/// The door to a GRASP engine (RFC 8991): ASAs register here, and call the functions on what they get. The engine may be
/// that of a running acpd, to whose ACP all its ASAs then belong:
/// <code>
/// await using var grasp = await GraspApi.AttachAsync();
/// await using var asa = await grasp.RegisterAsaAsync("Gray");
/// </code>
/// or one in this process: see GraspNode in Acp.Asa.Embedded.
/// </summary>
public sealed class GraspApi(IGraspPort port) : IAsyncDisposable
{
    /// <summary>Where an acpd that was given no other name listens to ASAs.</summary>
    public const string DefaultSocket = "/run/acpd/default.grasp.sock";

    /// <summary>
    /// Attaches this program to a running acpd. All that it registers ends with the connection, whichever end it is that
    /// stops; then calls fail with a <see cref="GraspUnavailableException"/>, and it is for the program to attach again.
    /// </summary>
    /// <param name="socket">Where that acpd listens to ASAs: <c>/run/acpd/INSTANCE.grasp.sock</c>.</param>
    /// <exception cref="GraspUnavailableException">None runs there, or we may not use it; the message says which.</exception>
    public static async Task<GraspApi> AttachAsync(string socket = DefaultSocket, CancellationToken cancel = default) =>
        new(await AttachedPort.ConnectAsync(socket, cancel).ConfigureAwait(false));

    /// <summary>register_asa. Dispose of the ASA to deregister it.</summary>
    /// <param name="name">Unique on this node.</param>
    /// <exception cref="GraspException">dupASA or ASAfull.</exception>
    public async Task<GraspAsa> RegisterAsaAsync(string name, CancellationToken cancel = default)
    {
        var reply = await port.RegisterAsa(name, cancel).ConfigureAwait(false);
        GraspException.ThrowIfFailed(reply);
        return new GraspAsa(port, name, reply.Asa);
    }

    /// <summary>
    /// Waits until there is a network to talk over (in acpd, until the ACP is there). Before that calls that need one fail
    /// with noSecurity; registering ASAs and objectives does not.
    /// </summary>
    public async Task WaitUntilOperationalAsync(CancellationToken cancel = default) =>
        GraspException.ThrowIfFailed(await port.AwaitOperational(cancel).ConfigureAwait(false));

    /// <summary>
    /// What the engine holds, for people (graspy's dump_all): a map of its ASAs and their objectives, of whom it has
    /// discovered, of the floods it has, and of its counters.
    /// </summary>
    public async Task<CborValue> DumpAllAsync(CancellationToken cancel = default)
    {
        var reply = await port.DumpAll(cancel).ConfigureAwait(false);
        GraspException.ThrowIfFailed(reply);
        return CborValue.FromEncoded(reply.Item);
    }

    /// <summary>Detaches, if this was attached; an engine in this process is not ours to stop.</summary>
    public ValueTask DisposeAsync() => port is AttachedPort attached ? attached.DisposeAsync() : ValueTask.CompletedTask;
}

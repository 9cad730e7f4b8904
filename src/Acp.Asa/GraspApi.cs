namespace Acp.Asa;

/// <summary>The door to a GRASP engine (RFC 8991): ASAs register here, and call the functions on what they get.</summary>
public sealed class GraspApi(IGraspPort port)
{
    /// <summary>register_asa. Dispose of the ASA to deregister it.</summary>
    /// <param name="name">Unique on this node.</param>
    /// <exception cref="GraspException">dupASA or ASAfull.</exception>
    public async Task<GraspAsa> RegisterAsaAsync(string name, CancellationToken cancel = default)
    {
        var reply = await port.RegisterAsa(name, cancel).ConfigureAwait(false);
        GraspException.ThrowIfFailed(reply);
        return new GraspAsa(port, name, reply.Asa);
    }
}

using Acp.Asa;

namespace Acp.Tests.AsaRoom;

/// <summary>Two engines on one link, and how to wait in their kind of time.</summary>
internal abstract class World : IAsyncDisposable
{
    public abstract GraspApi Left { get; }

    public abstract GraspApi Right { get; }

    /// <summary>Lets things happen until the task has ended, for a minute at most.</summary>
    public abstract Task Run(Task task);

    /// <summary>
    /// A peer, seen from the left, that takes a request and says this and nothing else; with null not even this. Null where
    /// there are no such peers.
    /// </summary>
    public virtual AsaLocator? Script(byte[]? answer) => null;

    public async Task<T> Run<T>(Task<T> task)
    {
        await Run((Task)task);
        return await task;
    }

    public async Task<TException> Fails<TException>(Task task)
        where TException : Exception => await Assert.ThrowsAsync<TException>(() => Run(task));

    public abstract ValueTask DisposeAsync();
}

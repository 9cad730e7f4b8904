namespace Acp.Core.Ikev2;

/// <summary>What a child SA pair is good for at the moment. All of them receive.</summary>
public enum ChildSaState
{
    /// <summary>The channel sends on it.</summary>
    Sending = 0,

    /// <summary>It will send once it is known that the peer has its half.</summary>
    Waiting,

    /// <summary>A younger one took its place; whoever made that one deletes this.</summary>
    Replaced,

    /// <summary>Its DELETE is under way.</summary>
    Deleting,
}

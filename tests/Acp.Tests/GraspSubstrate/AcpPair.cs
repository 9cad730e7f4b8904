using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Grasp;
using Acp.Linux.Grasp;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Tests.Identities;
using Acp.Wire;

namespace Acp.Tests.GraspSubstrate;

/// <summary>Two nodes' GRASP in two namespaces; a cable is the channel between them, and carries their ACP addresses, too.</summary>
internal sealed class AcpPair : IAsyncDisposable
{
    /// <summary>A third address on the left, for whoever is no node.</summary>
    public static readonly Ipv6Address Stranger = Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:99");

    /// <summary>Another address of the right's, which is not its ACP address.</summary>
    public static readonly Ipv6Address NotTheNode = Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:98");

    private readonly NetworkNamespace _here = NetworkNamespace.CreateUnnamed();
    private readonly NetworkNamespace _there = NetworkNamespace.CreateUnnamed();

    public AcpPair(Func<AcpSubstrateOptions, AcpSubstrateOptions>? rightLimits = null, FloodingOptions? flooding = null, Func<DateTimeOffset?>? date = null)
    {
        using var here = new RouteSocket(_here);
        using var there = new RouteSocket(_there);
        here.CreateVeth("cable", "cable", _there, 1500, 1500);
        Prepare(here, Ipv6Address.Parse("fe80::1"), Pki.OwnAddress, Stranger);
        Prepare(there, Ipv6Address.Parse("fe80::2"), Pki.PeerAddress, NotTheNode);
        foreach (var routes in new[] { here, there })
            Assert.True(SpinWait.SpinUntil(() => routes.FindLink("cable")!.IsRunning, TimeSpan.FromSeconds(10)), "the cable does not come up");
        Left = new AcpSide(_here, TestMember.Identity(Pki, Pki.OwnAddress), Ipv6Address.Parse("fe80::1"), here.IndexOf("cable"), null, flooding, date);
        Right = new AcpSide(_there, TestMember.Identity(Pki, Pki.PeerAddress), Ipv6Address.Parse("fe80::2"), there.IndexOf("cable"), rightLimits, flooding, date);
    }

    public Pki Pki { get; } = new();

    public AcpSide Left { get; }

    public AcpSide Right { get; }

    /// <summary>They hear of each other, as by RPL, and have a session.</summary>
    public async Task Meet()
    {
        Left.HearNeighbor(Right.LinkLocal);
        Right.HearNeighbor(Left.LinkLocal);
        foreach (var side in new[] { Left, Right })
            await side.Until("one session", (grasp, _) => grasp.SessionCount == 1 && grasp.Flooding.All(f => f.Since is not null));
    }

    /// <summary>A plain connection from the left to the right's port.</summary>
    public Socket Connect(string to, string? from = null)
    {
        using (_here.Enter())
        {
            var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (from is not null)
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            socket.Connect(new IPEndPoint(IPAddress.Parse(to), 7017));
            return socket;
        }
    }

    /// <summary>.NET's TLS, from the left to the right.</summary>
    public async Task<SslStream> ConnectTls(X509Certificate2? certificate, SslProtocols versions = SslProtocols.None, Ipv6Address? from = null)
    {
        var stream = new SslStream(new NetworkStream(Connect(Pki.PeerAddress.ToString(), from?.ToString()), ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "acp",
            EnabledSslProtocols = versions,
            ClientCertificates = certificate is null ? null : [certificate],
            LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        return stream;
    }

    /// <summary>What the program prints, either way; it gets no input.</summary>
    public string RunOnLeft(string program, params IEnumerable<string> arguments)
    {
        Process process;
        using (_here.Enter())
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        using (process)
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output + error.GetAwaiter().GetResult();
        }
    }

    /// <summary>A listener on the right that is no node of ours.</summary>
    public Socket ListenOnRight()
    {
        using (_there.Enter())
        {
            var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(Pki.PeerAddress.ToString()), 0));
            socket.Listen(5);
            return socket;
        }
    }

    /// <summary>Whether the other end has closed, within ten seconds.</summary>
    public static async Task<bool> Closes(Stream stream)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            var buffer = new byte[1024];
            while (await stream.ReadAsync(buffer, patience.Token) > 0)
            {
            }
            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Left.DisposeAsync();
        await Right.DisposeAsync();
        _here.Dispose();
        _there.Dispose();
        Pki.Dispose();
    }

    private static void Prepare(RouteSocket routes, Ipv6Address linkLocal, params IEnumerable<Ipv6Address> addresses)
    {
        routes.SetUp(routes.IndexOf("lo"));
        var cable = routes.IndexOf("cable");
        routes.SetAddrGenMode(cable, 1);
        routes.SetUp(cable);
        routes.PutAddress(cable, linkLocal, 64);
        foreach (var address in addresses)
            routes.PutAddress(cable, address, 64);
    }
}

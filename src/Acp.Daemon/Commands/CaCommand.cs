using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Acp.Core.Identity;
using Acp.Daemon.Ca;
using Acp.Daemon.Identity;

namespace Acp.Daemon.Commands;

/// <summary>
/// <c>acpd ca init | issue | show</c>. Results go to standard output, errors to standard error as one line with file or
/// field and reason; exit codes are <see cref="ExitCode"/>'s.
/// </summary>
public static class CaCommand
{
    private const string DefaultDirectory = "/var/lib/acpd-ca";

    public static Command Create()
    {
        var command = new Command("ca", "A small certificate authority for one ACP domain, for labs and first deployments");
        command.Subcommands.Add(CreateInit());
        command.Subcommands.Add(CreateIssue());
        command.Subcommands.Add(CreateShow());
        return command;
    }

    private static Option<string> DirectoryOption() => new("--ca")
    {
        Description = "The CA's directory",
        HelpName = "directory",
        DefaultValueFactory = _ => DefaultDirectory,
    };

    private static Option<string> AlgorithmOption(string whose)
    {
        var option = new Option<string>("--algorithm")
        {
            Description = $"The {whose} key: p256, p384 or rsa2048",
            HelpName = "name",
            DefaultValueFactory = _ => "p256",
        };
        option.AcceptOnlyFromAmong("p256", "p384", "rsa2048");
        return option;
    }

    private static Command CreateInit()
    {
        var ca = DirectoryOption();
        var domain = new Option<string?>("--domain") { Description = "The acp-domain-name, such as acp.example.com", HelpName = "name" };
        var algorithm = AlgorithmOption("CA's");
        var days = new Option<int>("--days")
        {
            Description = "How long the CA's certificates are valid",
            DefaultValueFactory = _ => (int)DomainCa.DefaultValidity.TotalDays,
        };
        var intermediate = new Option<bool>("--intermediate") { Description = "Issue through an intermediate CA" };
        var registrarId = new Option<string?>("--registrar-id")
        {
            Description = "This registrar's number in the domain, 46 bits in hex, or a MAC address whose lower 46 bits are taken. Random if not given",
            HelpName = "hex|mac",
        };
        var second = new Option<string?>("--second-of")
        {
            Description = "Make another registrar of the CA in this directory: same keys, other Registrar-ID. Never just copy a CA directory: both would give out the same addresses",
            HelpName = "directory",
        };
        var command = new Command("init", "Make a new CA: its key, its certificate (the trust anchor), its registrar's number") { ca, domain, algorithm, days, intermediate, registrarId, second };
        command.Validators.Add(result =>
        {
            if (result.GetValue(domain) is null == result.GetValue(second) is null)
                result.AddError("give either --domain or --second-of");
        });
        command.SetAction(parsed => Run(parsed, () =>
        {
            var id = parsed.GetValue(registrarId) is { } text ? RegistrarIdOf(text) : (ulong?)null;
            var directory = parsed.GetValue(ca)!;
            using var made = parsed.GetValue(second) is { } existing
                ? DomainCa.InitSecond(directory, existing, id)
                : DomainCa.Init(directory, parsed.GetValue(domain)!, AlgorithmOf(parsed.GetValue(algorithm)!), TimeSpan.FromDays(parsed.GetValue(days)),
                    parsed.GetValue(intermediate), DateTimeOffset.UtcNow, id);
            parsed.InvocationConfiguration.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"CA of {made.Domain} in {directory}, Registrar-ID {made.Registrar.RegistrarId:x12}, addresses from {AcpAddress.UlaOf(made.Domain)}"));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command CreateIssue()
    {
        var ca = DirectoryOption();
        var output = new Option<string>("--out") { Description = "The node's state directory to make; 'acpd run --state-dir' takes it", HelpName = "directory", Required = true };
        var name = new Option<string?>("--name") { Description = "Subject common name; made from the address if not given", HelpName = "text" };
        var serial = new Option<string?>("--serial-number") { Description = "Subject serialNumber, as in the device's IDevID", HelpName = "text" };
        var algorithm = AlgorithmOption("node's");
        var rsub = new Option<string>("--rsub") { Description = "Routing subdomain, for another /48 in the same domain", HelpName = "name", DefaultValueFactory = _ => "" };
        var address = new Option<string>("--address")
        {
            Description = "next: the next free address; 0: channels but no address of its own; none: a domain member without channels",
            DefaultValueFactory = _ => "next",
        };
        address.AcceptOnlyFromAmong("next", "0", "none");
        var scheme = new Option<string>("--scheme")
        {
            Description = "Addressing sub-scheme: zone (/127), vlong8 (/120) or vlong16 (/112)",
            DefaultValueFactory = _ => "zone",
        };
        scheme.AcceptOnlyFromAmong("zone", "vlong8", "vlong16");
        var renew = new Option<string?>("--renew") { Description = "Keep name and address of this certificate of the same CA", HelpName = "node.crt" };
        var days = new Option<int?>("--days") { Description = "How long the certificate is valid; 365 if not given" };
        var notBefore = new Option<string?>("--not-before") { Description = "Start of validity, such as 2026-01-31T12:00:00Z", HelpName = "date" };
        var notAfter = new Option<string?>("--not-after") { Description = "End of validity; may lie in the past, for tests", HelpName = "date" };
        var command = new Command("issue", "Make a node's key and certificate, as a state directory") { ca, output, name, serial, algorithm, rsub, address, scheme, renew, days, notBefore, notAfter };
        command.Validators.Add(result =>
        {
            if (result.GetValue(days) is not null && result.GetValue(notAfter) is not null)
                result.AddError("give --days or --not-after, not both");
            if (result.GetValue(days) is <= 0)
                result.AddError("--days must be at least 1; for an expired certificate use --not-after");
        });
        command.SetAction(parsed => Run(parsed, () =>
        {
            using var domainCa = DomainCa.Open(parsed.GetValue(ca)!);
            var now = DateTimeOffset.UtcNow;
            var request = new IssueRequest
            {
                Directory = parsed.GetValue(output)!,
                Name = parsed.GetValue(name),
                SerialNumber = parsed.GetValue(serial),
                Algorithm = AlgorithmOf(parsed.GetValue(algorithm)!),
                Rsub = parsed.GetValue(rsub)!,
                Address = parsed.GetValue(address) switch
                {
                    "0" => AcpAddressField.Zero,
                    "none" => AcpAddressField.Omitted,
                    _ => AcpAddressField.Present,
                },
                Scheme = parsed.GetValue(scheme) switch
                {
                    "vlong8" => AcpAddressScheme.Vlong8,
                    "vlong16" => AcpAddressScheme.Vlong16,
                    _ => AcpAddressScheme.Zone,
                },
                Keep = parsed.GetValue(renew) is { } old ? domainCa.NameForRenewal(old) : null,
                NotBefore = DateOf("not-before", parsed.GetValue(notBefore)),
                NotAfter = DateOf("not-after", parsed.GetValue(notAfter)) ?? (parsed.GetValue(days) is { } count ? now.AddDays(count) : null),
            };
            using var certificate = domainCa.Issue(request, now);
            var described = CertificateDescription.Of(certificate, now);
            parsed.InvocationConfiguration.Output.WriteLine($"{described.AcpNodeName} in {request.Directory}, valid until {described.NotAfter:u} ({described.Validity})");
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command CreateShow()
    {
        var path = new Argument<string>("path") { Description = "A certificate in PEM, a node's state directory, or a CA's directory", DefaultValueFactory = _ => DefaultDirectory };
        var json = new Option<bool>("--json") { Description = "As a JSON array" };
        var command = new Command("show", "Say what is in a certificate") { path, json };
        command.SetAction(parsed => Run(parsed, () =>
        {
            IReadOnlyList<CertificateDescription> all = Describe(parsed.GetValue(path)!);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                output.WriteLine(JsonSerializer.Serialize(all, CaJson.Default.IReadOnlyListCertificateDescription));
            else
                output.Write(string.Join("\n", all.Select(d => d.ToText())));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static List<CertificateDescription> Describe(string path)
    {
        string[] known = [StateDirectory.CertificateFile, StateDirectory.ChainFile, StateDirectory.TrustAnchorFile, DomainCa.RootFile, DomainCa.IntermediateFile];
        var files = Directory.Exists(path) ? known.Select(f => Path.Combine(path, f)).Where(File.Exists).ToArray() : [path];
        if (files.Length == 0)
            throw new CaException($"{path}: holds neither an ACP node ({StateDirectory.CertificateFile}) nor a CA ({DomainCa.RootFile})");
        var all = new List<CertificateDescription>();
        foreach (var file in files)
        {
            if (PemFile.TryReadText(file, out var reason) is not { } text || PemFile.TryReadCertificates(text, out reason) is not { } certificates)
                throw new CaException($"{file}: {reason}");
            foreach (var certificate in certificates)
            {
                using (certificate)
                    all.Add(CertificateDescription.Of(certificate, DateTimeOffset.UtcNow, file));
            }
        }

        return all;
    }

    private static int Run(ParseResult parsed, Func<int> action)
    {
        try
        {
            return action();
        }
        catch (CaException e)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"acpd ca: {e.Message}");
            return ExitCode.Failure;
        }
        catch (CryptographicException e)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"acpd ca: the cryptographic library refused (0x{e.HResult:x8})");
            return ExitCode.Failure;
        }
    }

    private static KeyAlgorithm AlgorithmOf(string text) => text switch
    {
        "p384" => KeyAlgorithm.EcdsaP384,
        "rsa2048" => KeyAlgorithm.Rsa2048,
        _ => KeyAlgorithm.EcdsaP256,
    };

    private static ulong RegistrarIdOf(string text)
    {
        if (!text.Contains(':'))
            return Registrar.ParseId(text);
        var octets = text.Split(':');
        var mac = new byte[6];
        if (octets.Length != mac.Length)
            throw new CaException($"registrar-id: '{text}' is not a MAC address");
        for (var i = 0; i < mac.Length; i++)
        {
            if (octets[i].Length != 2 || !byte.TryParse(octets[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out mac[i]))
                throw new CaException($"registrar-id: '{text}' is not a MAC address");
        }

        return Registrar.IdOfMac(mac);
    }

    private static DateTimeOffset? DateOf(string field, string? text)
    {
        if (text is null)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date
            : throw new CaException($"{field}: '{text}' is not a date");
    }
}

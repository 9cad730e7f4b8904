/* Preloaded into pluto, so that it works on the IPv6 link-local address of one interface, $LINK_LOCAL_INTERFACE. Without it
 * pluto passes such addresses over when it looks for its own, and keeps no scope beside an address when it sends.
 *   gcc -shared -fPIC -O2 -o link-local.so link-local.c
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const char *interface(void) { return getenv("LINK_LOCAL_INTERFACE"); }

/* The address itself, or a copy of it that names the interface when it is link-local and names none. */
static const struct sockaddr *scoped(const struct sockaddr *address, socklen_t *length, struct sockaddr_in6 *copy)
{
	if (!address || address->sa_family != AF_INET6 || *length < sizeof *copy || !interface())
		return address;
	memcpy(copy, address, sizeof *copy);
	if (copy->sin6_scope_id || !IN6_IS_ADDR_LINKLOCAL(&copy->sin6_addr))
		return address;
	copy->sin6_scope_id = if_nametoindex(interface());
	*length = sizeof *copy;
	return (const struct sockaddr *)copy;
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_in6 copy;
	int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
	address = scoped(address, &length, &copy);
	return real(fd, address, length);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_in6 copy;
	int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
	address = scoped(address, &length, &copy);
	return real(fd, address, length);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_in6 copy;
	ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "sendto");
	address = scoped(address, &length, &copy);
	return real(fd, data, size, flags, address, length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct sockaddr_in6 copy;
	struct msghdr changed = *message;
	ssize_t (*real)(int, const struct msghdr *, int) = dlsym(RTLD_NEXT, "sendmsg");
	changed.msg_name = (void *)scoped(message->msg_name, &changed.msg_namelen, &copy);
	return real(fd, &changed, flags);
}

/* Its list of addresses is /proc/net/if_inet6: "address index prefix-length scope flags name", scope 20 being link-local. */
FILE *fopen(const char *path, const char *mode)
{
	FILE *(*real)(const char *, const char *) = dlsym(RTLD_NEXT, "fopen");
	FILE *list = real(path, mode), *shown;
	char line[256], address[33], name[32];
	unsigned index, prefix, scope, flags;

	if (!list || !interface() || strcmp(path, "/proc/net/if_inet6") || !(shown = tmpfile()))
		return list;
	while (fgets(line, sizeof line, list)) {
		if (sscanf(line, "%32s %x %x %x %x %31s", address, &index, &prefix, &scope, &flags, name) != 6)
			continue;
		if (!strcmp(name, interface()))
			scope = 0;
		fprintf(shown, "%s %02x %02x %02x %02x %s\n", address, index, prefix, scope, flags, name);
	}
	fclose(list);
	rewind(shown);
	return shown;
}

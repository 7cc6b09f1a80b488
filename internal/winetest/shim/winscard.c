/* winscard.dll for tests under Wine. As on Windows it is only the near end: the far end, the Smart Card
   service, is the test (smartcards.go), whose address the variable MADOGUCHI_SMART_CARDS names. Each call is
   one connection: a call's number, the length of what follows, and the arguments; back come the result, a
   length and what the call fills in. Numbers are little-endian. Nobody at the address is a service that is
   not running.

   The prototypes and structures are those of the compiler's own winscard.h, so that a caller with another
   layout is noticed. */
#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>
#define WINSCARDAPI __declspec(dllexport)
#define WINSCARDDATA __declspec(dllexport)
#include <winscard.h>
#include <string.h>

enum { ESTABLISH = 1, RELEASE, CANCEL, LIST, STATUS, CONNECT, DISCONNECT, TRANSMIT };

#define ROOM 65536

typedef struct {
	DWORD size, at;
	BYTE data[ROOM];
} message;

static void put(message *m, const void *data, DWORD size)
{
	if (size <= ROOM - m->size) {
		memcpy(m->data + m->size, data, size);
		m->size += size;
	}
}

static void put32(message *m, DWORD value) { put(m, &value, sizeof value); }

static void put64(message *m, ULONG_PTR value)
{
	ULONGLONG wide = value;
	put(m, &wide, sizeof wide);
}

static void putText(message *m, LPCWSTR text) { put(m, text, (DWORD)(lstrlenW(text) * sizeof *text)); }

static int get(message *m, void *data, DWORD size)
{
	if (m->at + size > m->size) {
		return 0;
	}
	memcpy(data, m->data + m->at, size);
	m->at += size;
	return 1;
}

static int sendAll(SOCKET s, const void *data, int size)
{
	const char *p = data;
	for (int n; size > 0; p += n, size -= n) {
		if ((n = send(s, p, size, 0)) <= 0) {
			return 0;
		}
	}
	return 1;
}

static int receiveAll(SOCKET s, void *data, int size)
{
	char *p = data;
	for (int n; size > 0; p += n, size -= n) {
		if ((n = recv(s, p, size, 0)) <= 0) {
			return 0;
		}
	}
	return 1;
}

static SOCKET dial(void)
{
	char address[64];
	WSADATA w;
	DWORD n = GetEnvironmentVariableA("MADOGUCHI_SMART_CARDS", address, sizeof address);
	struct sockaddr_in to = {.sin_family = AF_INET};
	char *port;
	if (n == 0 || n >= sizeof address || !(port = strchr(address, ':')) || WSAStartup(MAKEWORD(2, 2), &w)) {
		return INVALID_SOCKET;
	}
	*port++ = 0;
	to.sin_addr.s_addr = inet_addr(address);
	to.sin_port = htons((u_short)strtoul(port, NULL, 10));
	SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
	if (s != INVALID_SOCKET && connect(s, (struct sockaddr *)&to, sizeof to)) {
		closesocket(s);
		return INVALID_SOCKET;
	}
	return s;
}

/* call asks the service; m holds the arguments, and afterwards what came back. */
static LONG call(DWORD number, message *m)
{
	DWORD head[2] = {number, m->size};
	LONG result = SCARD_E_NO_SERVICE;
	SOCKET s = dial();
	if (s == INVALID_SOCKET) {
		return result;
	}
	if (sendAll(s, head, sizeof head) && sendAll(s, m->data, (int)m->size) &&
	    receiveAll(s, head, sizeof head) && head[1] <= ROOM && receiveAll(s, m->data, (int)head[1])) {
		result = (LONG)head[0];
		m->size = head[1];
		m->at = 0;
	}
	closesocket(s);
	return result;
}

static message *fresh(void) { return HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(message)); }

static LONG done(message *m, LONG result)
{
	HeapFree(GetProcessHeap(), 0, m);
	return result;
}

/* simple is a call of a handle alone. */
static LONG simple(DWORD number, ULONG_PTR handle)
{
	message *m = fresh();
	put64(m, handle);
	return done(m, call(number, m));
}

LONG WINAPI SCardEstablishContext(DWORD scope, LPCVOID r1, LPCVOID r2, LPSCARDCONTEXT context)
{
	ULONGLONG made = 0;
	message *m = fresh();
	if (r1 || r2 || !context) {
		return done(m, SCARD_E_INVALID_PARAMETER);
	}
	put32(m, scope);
	LONG result = call(ESTABLISH, m);
	if (result == SCARD_S_SUCCESS && get(m, &made, sizeof made)) {
		*context = (SCARDCONTEXT)made;
	}
	return done(m, result);
}

LONG WINAPI SCardReleaseContext(SCARDCONTEXT context) { return simple(RELEASE, context); }

LONG WINAPI SCardCancel(SCARDCONTEXT context) { return simple(CANCEL, context); }

LONG WINAPI SCardListReadersW(SCARDCONTEXT context, LPCWSTR groups, LPWSTR readers, LPDWORD count)
{
	message *m = fresh();
	if (groups || !count) {
		return done(m, SCARD_E_INVALID_PARAMETER);
	}
	put64(m, context);
	LONG result = call(LIST, m);
	if (result == SCARD_S_SUCCESS) {
		DWORD room = *count, needed = m->size / sizeof *readers;
		*count = needed;
		if (readers && room < needed) {
			result = SCARD_E_INSUFFICIENT_BUFFER;
		} else if (readers) {
			memcpy(readers, m->data, m->size);
		}
	}
	return done(m, result);
}

LONG WINAPI SCardGetStatusChangeW(SCARDCONTEXT context, DWORD timeout, LPSCARD_READERSTATEW states, DWORD n)
{
	message *m = fresh();
	put64(m, context);
	put32(m, timeout);
	put32(m, n);
	for (DWORD i = 0; i < n; i++) {
		put32(m, states[i].dwCurrentState);
		put32(m, (DWORD)(lstrlenW(states[i].szReader) * sizeof(WCHAR)));
		putText(m, states[i].szReader);
	}
	LONG result = call(STATUS, m);
	for (DWORD i = 0; result == SCARD_S_SUCCESS && i < n; i++) {
		get(m, &states[i].dwEventState, sizeof(DWORD));
	}
	return done(m, result);
}

LONG WINAPI SCardConnectW(SCARDCONTEXT context, LPCWSTR reader, DWORD share, DWORD protocols,
	LPSCARDHANDLE card, LPDWORD active)
{
	ULONGLONG made = 0;
	message *m = fresh();
	put64(m, context);
	put32(m, share);
	put32(m, protocols);
	putText(m, reader);
	LONG result = call(CONNECT, m);
	if (result == SCARD_S_SUCCESS && get(m, &made, sizeof made) && get(m, active, sizeof *active)) {
		*card = (SCARDHANDLE)made;
	}
	return done(m, result);
}

LONG WINAPI SCardDisconnect(SCARDHANDLE card, DWORD disposition)
{
	message *m = fresh();
	put64(m, card);
	put32(m, disposition);
	return done(m, call(DISCONNECT, m));
}

LONG WINAPI SCardTransmit(SCARDHANDLE card, LPCSCARD_IO_REQUEST pci, LPCBYTE command, DWORD size,
	LPSCARD_IO_REQUEST receivePCI, LPBYTE answer, LPDWORD room)
{
	message *m = fresh();
	if (!pci || pci->cbPciLength != sizeof *pci || receivePCI || !command || !answer || !room) {
		return done(m, SCARD_E_INVALID_PARAMETER);
	}
	put64(m, card);
	put32(m, pci->dwProtocol);
	put(m, command, size);
	LONG result = call(TRANSMIT, m);
	if (result == SCARD_S_SUCCESS) {
		DWORD had = *room;
		*room = m->size;
		if (had < m->size) {
			result = SCARD_E_INSUFFICIENT_BUFFER;
		} else {
			memcpy(answer, m->data, m->size);
		}
	}
	return done(m, result);
}

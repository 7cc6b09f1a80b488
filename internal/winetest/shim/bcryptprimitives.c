/* bcryptprimitives.dll for a Wine that has none: Go's runtime takes its random numbers from ProcessPrng
   (Windows 10) and does not start without it. Wine answers the older call of the same kind.
   Since Go loads it before anything else, it also tells that a program began: it makes the file that
   SHIM_BEGAN names. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size);

BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size)
{
	return RtlGenRandom(data, (ULONG)size);
}

BOOL WINAPI DllMain(HINSTANCE library, DWORD why, LPVOID reserved)
{
	char name[1024];
	DWORD length;
	HANDLE file;

	(void)library;
	(void)reserved;
	if (why != DLL_PROCESS_ATTACH)
		return TRUE;
	length = GetEnvironmentVariableA("SHIM_BEGAN", name, sizeof name);
	if (length == 0 || length >= sizeof name)
		return TRUE;
	file = CreateFileA(name, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS,
			   FILE_ATTRIBUTE_NORMAL, NULL);
	if (file != INVALID_HANDLE_VALUE)
		CloseHandle(file);
	return TRUE;
}

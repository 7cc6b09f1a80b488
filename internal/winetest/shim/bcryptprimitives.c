/* bcryptprimitives.dll for a Wine that has none: Go's runtime takes its random numbers from ProcessPrng
   (Windows 10) and does not start without it. Wine answers the older call of the same kind. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size);

BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size)
{
	return RtlGenRandom(data, (ULONG)size);
}

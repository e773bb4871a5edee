// Certificates of test servers, and their keys, which guard nothing. For web.internal, localhost and 127.0.0.1; made by OpenSSL,
// `openssl ca` with -startdate and -enddate, so that no test hangs on today's date.

/** Who has signed the two below; its own certificate is signed by itself. Good until 2120. */
export const AUTHORITY: { readonly cert: string; readonly key: string } = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBczCCARmgAwIBAgIBAzAKBggqhkjOPQQDAjAgMR4wHAYDVQQDDBVsYi10Y3Ag
dGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBa
MCAxHjAcBgNVBAMMFWxiLXRjcCB0ZXN0IGF1dGhvcml0eTBZMBMGByqGSM49AgEG
CCqGSM49AwEHA0IABLIOkMl9prJD9b77SkOPpQ0h4+YSJFex5ZvvLjfR8Plm2Kzp
L96ZD5OI1jGn2xrSalaHv09ncs7GeXUzZ2adMNKjQjBAMA8GA1UdEwEB/wQFMAMB
Af8wDgYDVR0PAQH/BAQDAgIEMB0GA1UdDgQWBBRhnLhpwbJEgVuoC+rufBZYkr0t
hzAKBggqhkjOPQQDAgNIADBFAiBQrJTJb/aQ1ZJ+4RUwFYq1YzN7vDVToGlRRV/E
DzuqigIhAKRKmFO8ZfJeJ9Uv6D5sxg2wmdN8qjOH/fA1VQ0WcwxY
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4ZcuTM9aaoVqE3GA
SBdbLBIDZR3YSSWQwe5B5muV1COhRANCAASyDpDJfaayQ/W++0pDj6UNIePmEiRX
seWb7y430fD5Ztis6S/emQ+TiNYxp9sa0mpWh79PZ3LOxnl1M2dmnTDS
-----END PRIVATE KEY-----`,
};

const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsfKZSQ11dKvIdoG9
BgmG4hQQ2h0g/XRE81WLgDlkgy2hRANCAASjIlJq+hCMxBe7a9Sj88T8xUy/OdSn
BQtq3o+Yg6aKaXufkz1Gk41HiEmKK7htKqu+t+Y3yfEr5gB+647q09fi
-----END PRIVATE KEY-----`;

/** Good until 2120-01-01T00:00:00Z. */
export const GOOD: { readonly cert: string; readonly key: string } = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBlTCCATqgAwIBAgIBBDAKBggqhkjOPQQDAjAgMR4wHAYDVQQDDBVsYi10Y3Ag
dGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBa
MBcxFTATBgNVBAMMDHdlYi5pbnRlcm5hbDBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABKMiUmr6EIzEF7tr1KPzxPzFTL851KcFC2rej5iDpoppe5+TPUaTjUeISYor
uG0qq7635jfJ8SvmAH7rjurT1+KjbDBqMCgGA1UdEQQhMB+CDHdlYi5pbnRlcm5h
bIIJbG9jYWxob3N0hwR/AAABMB0GA1UdDgQWBBQ9resqfIJL5z8QdEszwfPNeB0C
KzAfBgNVHSMEGDAWgBRhnLhpwbJEgVuoC+rufBZYkr0thzAKBggqhkjOPQQDAgNJ
ADBGAiEAoY5wSwFp2GBt4rb1dUDE2DXIIGyPRQSDWNAv3tkAwssCIQCS4D49r89C
9g4/9bb2KljqcAfYeB21t5RfbnLcb9b/tg==
-----END CERTIFICATE-----`,
  key,
};

/** Good until 2021-01-01T00:00:00Z. */
export const EXPIRED: { readonly cert: string; readonly key: string } = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBkzCCATigAwIBAgIBBTAKBggqhkjOPQQDAjAgMR4wHAYDVQQDDBVsYi10Y3Ag
dGVzdCBhdXRob3JpdHkwHhcNMjAwMTAxMDAwMDAwWhcNMjEwMTAxMDAwMDAwWjAX
MRUwEwYDVQQDDAx3ZWIuaW50ZXJuYWwwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASjIlJq+hCMxBe7a9Sj88T8xUy/OdSnBQtq3o+Yg6aKaXufkz1Gk41HiEmKK7ht
Kqu+t+Y3yfEr5gB+647q09fio2wwajAoBgNVHREEITAfggx3ZWIuaW50ZXJuYWyC
CWxvY2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQUPa3rKnyCS+c/EHRLM8HzzXgdAisw
HwYDVR0jBBgwFoAUYZy4acGyRIFbqAvq7nwWWJK9LYcwCgYIKoZIzj0EAwIDSQAw
RgIhALmr42KFgyBukjZSLAAOqHE4CviVEfyslUEExHwF+RHlAiEAjQkwkVO/KI7U
ENeSA+Hjn47XMdHCZrF9TW8NGVFS+mQ=
-----END CERTIFICATE-----`,
  key,
};

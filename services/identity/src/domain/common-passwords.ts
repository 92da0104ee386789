/**
 * Passwords of eight characters or more that guessing programs try first, folded to lower case. Short on purpose: the
 * back-off after wrong tries makes a long list pointless.
 */
const WORDS = `
password password1 password12 password123 passw0rd p@ssword p@ssw0rd passwort senha123 senha1234 senhasenha
12345678 123456789 1234567890 12345678910 87654321 987654321 0987654321 11111111 22222222 00000000 88888888 99999999
12341234 123123123 123321123 11223344 1q2w3e4r 1q2w3e4r5t q1w2e3r4 1qaz2wsx 1qazxsw2 zaq12wsx qazwsxedc
qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwer1234 asdfghjk asdfghjkl asdf1234 zxcvbnm1 abcd1234 abcdefgh
abc12345 aa123456 a1234567 a12345678 iloveyou iloveyou1 princess sunshine sunshine1 football football1 baseball
superman batman123 starwars pokemon1 whatever trustno1 letmein1 letmein123 welcome1 welcome12 welcome123 changeme
changeme1 changeme123 default1 administrator admin123 admin1234 adminadmin root1234 rootroot test1234 testtest
testing1 guest123 user1234 login123 secret12 secret123 computer internet corinthians flamengo palmeiras santos123
brasil123 brasil2024 brasil2025 vitoria1 vitoria123 hospital hospital1 hospital123 medicine doctor123 patient1
patient123 medqueue medqueue1 medqueue123 summer2024 summer2025 winter2024 winter2025 monkey123 dragon123 shadow123
michelle jennifer liverpool chocolate butterfly jesuscristo deusefiel minhavida teamo123 eutenhodeus
`

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(WORDS.split(/\s+/).filter((word) => word !== ''))

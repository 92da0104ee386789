import { randomBytes } from 'node:crypto'

import test from 'ava'
import { createSigner } from 'fast-jwt'

import { createTickets } from '../../src/waiting-room/tickets.ts'

const key = () => randomBytes(32).toString('base64')
const CLAIMS = { opening: 'an-opening', number: 7 }

test('a ticket is read for the person it was made for, and for nobody else', (t) => {
  const one = key()
  const tickets = createTickets(() => one, Date.now)
  const made = createTickets(() => one, Date.now).sign('somebody', CLAIMS)
  t.deepEqual(tickets.read(made, 'somebody'), CLAIMS)
  t.is(tickets.read(made, 'somebody else'), undefined)
})

test('what is forged, changed, unsigned, too long, for other ends or past its time is no ticket', (t) => {
  const secret = randomBytes(32)
  const tickets = createTickets(() => secret.toString('base64'), Date.now)
  const made = tickets.sign('somebody', CLAIMS)
  const [header = '', payload = '', signature = ''] = made.split('.')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const first = encode({ ...claims, number: 0 })
  const old = createTickets(
    () => secret.toString('base64'),
    () => Date.now() - 13 * 3_600_000,
  )
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
  const otherwise = createSigner({ key: secret, kid, algorithm: 'HS256', aud: 'another', expiresIn: 60_000 })
  const bad = [
    createTickets(() => key(), Date.now).sign('somebody', CLAIMS),
    `${header}.${first}.${signature}`,
    `${encode({ alg: 'none', typ: 'JWT', kid })}.${first}.`,
    `${encode({ alg: 'HS512', typ: 'JWT', kid })}.${payload}.${signature}`,
    `${made}${'a'.repeat(1_000)}`,
    otherwise({ sub: 'somebody', ...CLAIMS }),
    old.sign('somebody', CLAIMS),
    '',
    'a.b.c',
  ]
  for (const ticket of bad) t.is(tickets.read(ticket, 'somebody'), undefined, ticket)
})

test('keys change in two steps without a ticket being lost', (t) => {
  const [before, after] = [key(), key()]
  let keys = before
  const tickets = createTickets(() => keys, Date.now)
  const old = tickets.sign('somebody', CLAIMS)
  keys = `${after}, ${before}`
  t.deepEqual(tickets.read(old, 'somebody'), CLAIMS)
  const fresh = tickets.sign('somebody', CLAIMS)
  keys = after
  t.deepEqual(tickets.read(fresh, 'somebody'), CLAIMS)
  t.is(tickets.read(old, 'somebody'), undefined)
})

test('keys that are too short are refused at once', (t) => {
  t.throws(() => createTickets(() => randomBytes(16).toString('base64'), Date.now), { instanceOf: TypeError })
})

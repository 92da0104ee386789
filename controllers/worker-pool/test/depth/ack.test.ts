import test from 'ava'

import { AckKind, kindOfAck, readAckSubject } from '../../src/depth/ack.ts'

test('the two forms of an acknowledgement subject are read alike', (t) => {
  const expected = { deliveries: 2, consumerSeq: 7 }
  t.deepEqual(readAckSubject('$JS.ACK.S.C.2.90.7.1700000000000000000.12'), expected)
  t.deepEqual(readAckSubject('$JS.ACK._.hash.S.C.2.90.7.1700000000000000000.12'), expected)
  t.deepEqual(readAckSubject('$JS.ACK.hub.hash.S.C.2.90.7.1700000000000000000.12.token'), expected)
})

test('anything else is none', (t) => {
  t.is(readAckSubject('$JS.ACK.S.C.x'), undefined)
  t.is(readAckSubject(''), undefined)
})

test('what an acknowledgement means is in its first characters', (t) => {
  const kinds = ['', '+ACK', '+TERM', '+NXT {"batch":1}', '-NAK', '-NAK {"delay":5}', '+WPI'].map(kindOfAck)
  const { done, back, progress } = AckKind
  t.deepEqual(kinds, [done, done, done, done, back, back, progress])
})

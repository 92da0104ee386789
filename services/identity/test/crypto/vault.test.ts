import test from 'ava'

import { createVault, newEncryptionKey } from '../../src/crypto/vault.ts'

const vault = createVault(newEncryptionKey())

test('what was sealed opens', (t) => {
  t.is(vault.open(vault.seal('a secret', 'label'), 'label'), 'a secret')
})

test('the same text never looks the same twice', (t) => {
  t.notDeepEqual(vault.seal('a secret', 'label'), vault.seal('a secret', 'label'))
})

test('another label does not open it', (t) => {
  const sealed = vault.seal('a secret', 'label')
  t.throws(() => vault.open(sealed, 'other'))
})

test('another key does not open it', (t) => {
  const sealed = vault.seal('a secret', 'label')
  t.throws(() => createVault(newEncryptionKey()).open(sealed, 'label'))
})

test('no byte can be changed', (t) => {
  const sealed = vault.seal('a secret', 'label')
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed)
    changed[i] = (changed[i] ?? 0) ^ 1
    t.throws(() => vault.open(changed, 'label'), undefined, `byte ${i}`)
  }
})

test('a key of the wrong length is refused without being shown', (t) => {
  const key = Buffer.alloc(16, 7).toString('base64')
  const error = t.throws(() => createVault(key))
  t.false(error.message.includes(key))
})

test('keys for different purposes differ and are the same everywhere', (t) => {
  const key = newEncryptionKey()
  t.deepEqual(createVault(key).derive('a'), createVault(key).derive('a'))
  t.notDeepEqual(createVault(key).derive('a'), createVault(key).derive('b'))
})

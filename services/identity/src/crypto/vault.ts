import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

/** Secrets at rest, under one key from the environment. */
export interface Vault {
  /** Encrypts and binds to a label: what is sealed under one label does not open under another. */
  seal: (plain: string, label: string) => Buffer
  /** Throws when the key, the label or a single bit is not the one it was sealed with. */
  open: (sealed: Buffer, label: string) => string
  /** A key of its own for a purpose; the same on every replica. */
  derive: (purpose: string) => Buffer
  /** Keyed hash of text, for look-ups by something that must not be stored. */
  mark: (purpose: string, text: string) => Buffer
}

/** A key fit for KEY_ENCRYPTION_KEY: 32 random bytes in base64. */
export function newEncryptionKey(): string {
  return randomBytes(KEY_BYTES).toString('base64')
}

/** Throws when the key is not 32 bytes in base64. The message never contains it. */
export function createVault(encryptionKey: string): Vault {
  const key = Buffer.from(encryptionKey, 'base64')
  if (key.length !== KEY_BYTES) throw new Error('KEY_ENCRYPTION_KEY must be 32 bytes in base64')
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', key, '', `medqueue ${purpose}`, KEY_BYTES))
  const sealing = derive('seal')
  return {
    derive,
    mark: (purpose, text) => createHmac('sha256', derive(purpose)).update(text).digest(),
    seal: (plain, label) => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, sealing, iv).setAAD(Buffer.from(label))
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body])
    },
    open: (sealed, label) => {
      const decipher = createDecipheriv(CIPHER, sealing, sealed.subarray(0, IV_BYTES))
      decipher.setAAD(Buffer.from(label)).setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      const body = sealed.subarray(IV_BYTES + TAG_BYTES)
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    },
  }
}

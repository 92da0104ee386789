/**
 * Ids of what is computed and not stored. FHIR allows letters, digits, `-` and `.`, 64 characters: the bytes in base 64
 * over just these. An offer is one start of one service with one doctor; the same offer has the same id whether it is a
 * Slot or a proposed Appointment, and whether it is free or taken.
 */
export interface Offer {
  doctorId: string
  serviceId: string
  /** Unix seconds. */
  start: number
}

/** A doctor at a clinic: the id of a PractitionerRole and of its Schedule. */
export interface Place {
  doctorId: string
  clinicId: string
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const OFFER_BYTES = 37
const PLACE_BYTES = 32
const START_BYTES = 5

/** True for an id as our stored records have. */
export function isUuid(id: string): boolean {
  return UUID.test(id)
}

export function offerId({ doctorId, serviceId, start }: Offer): string {
  const bytes = Buffer.alloc(OFFER_BYTES)
  bytes.write(hexOf(doctorId) + hexOf(serviceId), 'hex')
  bytes.writeUIntBE(start, PLACE_BYTES, START_BYTES)
  return encode(bytes)
}

/** The offer an id stands for, or undefined for any other id. */
export function offerOf(id: string): Offer | undefined {
  const bytes = decode(id, OFFER_BYTES)
  if (bytes === undefined) return undefined
  return {
    doctorId: uuidAt(bytes, 0),
    serviceId: uuidAt(bytes, 16),
    start: bytes.readUIntBE(PLACE_BYTES, START_BYTES),
  }
}

export function placeId({ doctorId, clinicId }: Place): string {
  return encode(Buffer.from(hexOf(doctorId) + hexOf(clinicId), 'hex'))
}

/** The doctor and clinic an id stands for, or undefined for any other id. */
export function placeOf(id: string): Place | undefined {
  const bytes = decode(id, PLACE_BYTES)
  return bytes === undefined ? undefined : { doctorId: uuidAt(bytes, 0), clinicId: uuidAt(bytes, 16) }
}

const hexOf = (uuid: string) => uuid.replaceAll('-', '')

function uuidAt(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + 16)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

const encode = (bytes: Buffer) => bytes.toString('base64url').replaceAll('_', '.')

function decode(id: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(id.replaceAll('.', '_'), 'base64url')
  // Only what we write ourselves: another spelling of the same bytes is another id.
  return bytes.length === length && encode(bytes) === id ? bytes : undefined
}

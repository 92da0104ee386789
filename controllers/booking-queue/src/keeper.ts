import { STREAM_KEEPER } from '@medqueue/contracts'

/**
 * Field of a stream's metadata, beside {@link STREAM_KEEPER}: which object of that name keeps it. Streams that earlier
 * versions took into keeping lack it.
 */
export const KEEPER_UID = 'medqueue.dev/queue-uid'

/** Field of the metadata of the stream of requests: the generation of the spec that was carried out last, as a whole. */
export const KEEPER_GENERATION = 'medqueue.dev/queue-generation'

export type Metadata = Readonly<Record<string, string>>

/** What the metadata of a stream says of the object that keeps it. */
export interface Keeper {
  [STREAM_KEEPER]: string
  [KEEPER_UID]: string
}

/** Whether that object keeps the stream; one made anew under the same name is another. */
export function isKept(metadata: Metadata | undefined, keeper: Keeper): boolean {
  const uid = metadata?.[KEEPER_UID] ?? keeper[KEEPER_UID]
  return metadata?.[STREAM_KEEPER] === keeper[STREAM_KEEPER] && uid === keeper[KEEPER_UID]
}

/** Whether the metadata says all of it. */
export const isNamed = (metadata: Metadata | undefined, keeper: Keeper): boolean =>
  metadata?.[STREAM_KEEPER] === keeper[STREAM_KEEPER] && metadata[KEEPER_UID] === keeper[KEEPER_UID]

/** What is left of the metadata when nobody keeps the stream any more. */
export function withoutKeeper(metadata: Metadata | undefined): Record<string, string> {
  const ours = new Set([STREAM_KEEPER, KEEPER_UID, KEEPER_GENERATION])
  return Object.fromEntries(Object.entries(metadata ?? {}).filter(([field]) => !ours.has(field)))
}

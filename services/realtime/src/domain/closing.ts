/** Why a socket ends, with the code the client gets. */
export const Closing = {
  /** The client went by itself. */
  gone: { code: 1000, reason: 'gone' },
  /** The replica stops; connect again with the last id. */
  stopping: { code: 1001, reason: 'the service restarts' },
  /** The client sent something: this stream goes one way. */
  spoke: { code: 1008, reason: 'this stream goes one way' },
  /** Others came in first; try again. */
  full: { code: 1013, reason: 'too many streams' },
  /** The client reads too slowly; connect again with the last id. */
  slow: { code: 1013, reason: 'too slow; resume with the last id' },
  /** The access token behind the ticket has expired; take a new token, then a new ticket. */
  expired: { code: 4401, reason: 'the access token has expired' },
  /** Opened for a patient who does not let it any more: it was revoked, or its time is over. */
  revoked: { code: 4403, reason: 'you do not act for the patient any more' },
  /** No answer to a ping: the connection is cut without a word. */
  dead: { code: 1006, reason: 'no answer to a ping' },
} as const satisfies Record<string, { code: number; reason: string }>

export type Closing = keyof typeof Closing

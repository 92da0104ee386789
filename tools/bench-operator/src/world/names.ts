/** Where everything of the bench lives. One namespace: a pool is looked for among all pods of its namespace. */
export const NAMESPACE = 'clinics'

/** One stream whose durable consumers half of the pools read, each its own. */
export const MAILS = 'MAILS'

export const PARTITIONS = 4

const number = (index: number) => String(index).padStart(3, '0')

/** Names of all that belongs to one pool. */
export const namesFor = (index: number) => ({
  pool: `pool-${number(index)}`,
  deployment: `worker-${number(index)}`,
  queue: `queue-${number(index)}`,
  /** Of the subjects of its queue. */
  prefix: `q${number(index)}`,
  stream: `QUEUE_${number(index)}`,
  deadLetters: `DEAD_LETTERS_${number(index)}`,
  consumer: `mailer-${number(index)}`,
  mails: `mails.${number(index)}`,
  pod: `worker-${number(index)}-0`,
})

/** Every second pool works on a partitioned log, the others on a durable consumer. */
export const readsLog = (index: number): boolean => index % 2 === 0

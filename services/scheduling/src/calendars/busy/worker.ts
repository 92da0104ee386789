/** Thread that reads calendars: whatever a text does to it, the service goes on. One question at a time. */
import { parentPort } from 'node:worker_threads'

import { BusyError, busyTimes, type Interval, isOwnUid } from '@medqueue/icalendar'

import type { Answer, Question } from './reader.ts'

function answer({ ics, zone, range }: Question): Answer {
  try {
    // Our own visits come back with whoever has taken them into a calendar: they are no news.
    return { intervals: busyTimes(ics, { zone, range, ignores: isOwnUid }) satisfies Interval[] }
  } catch (error) {
    return { fault: error instanceof BusyError ? error.fault : 'not_a_calendar' }
  }
}

parentPort?.on('message', (question: Question) => parentPort?.postMessage(answer(question)))

import { figure, lines, type Row } from '../panels.ts'
import { DASHBOARD as D, orZero, rate, series, sum } from '../promql.ts'

const ROOM = 'booking_waiting_room'
/** Every replica says the same of the whole room. */
const ofRoom = (name: string) => `max(${series(D, `${ROOM}_${name}`)})`

/** Those who wait for their turn when more come than can book at once. */
export const waitingRoomRow: Row = {
  title: 'Waiting room',
  panels: [
    lines({
      title: 'People who wait',
      description: 'Those who have come and are not let in yet. 0 while the room is closed.',
      unit: 'short',
      width: 6,
      queries: [
        [ofRoom('waiting'), 'waiting'],
        [ofRoom('admitted'), 'let in'],
      ],
    }),
    lines({
      title: 'Let in a second',
      description: 'As the controller has decided by what is measured.',
      unit: 'ops',
      width: 6,
      queries: [[ofRoom('rate'), 'let in']],
    }),
    lines({
      title: 'Pressure',
      description:
        'Age of the oldest request and delay of the event loop against their limits: above 1 it is overload.',
      unit: 'short',
      width: 6,
      queries: [[ofRoom('pressure'), 'pressure']],
    }),
    lines({
      title: 'Wait',
      description: 'The longest wait that somebody who came now would be told.',
      unit: 's',
      width: 6,
      queries: [[ofRoom('wait_seconds'), 'wait']],
    }),
    figure({
      title: 'Open',
      description: '1 while one needs a turn to book.',
      unit: 'short',
      width: 6,
      queries: [[ofRoom('open'), '']],
    }),
    lines({
      title: 'Told to wait for their turn',
      description: 'Requests a second that came without a ticket, before their turn or after it.',
      unit: 'ops',
      width: 18,
      queries: [[orZero(sum(rate(D, `${ROOM}_refused_total`), 'code')), '{{code}}']],
    }),
  ],
}

/** What tests do with every calendar text they make: see that it reads back, and keep it for the outside validator. */
export { checkCalendar } from './check-calendar.ts'

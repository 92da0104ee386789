/**
 * What other tools use of the load driver. Question: what a patient asks, as often as it takes. Answer: one reply, or
 * none. Verdict: what the answers say among themselves before anybody looks into the database.
 */
export { type Answer, type Outcome, OUTCOMES } from './books/answer.ts'
export { acknowledgementsOf, countsOf, judge, type Verdict } from './books/judge.ts'
export { type Client, type ClientOptions, createClient, type Question } from './driver/client.ts'

import { type Answer, medianOf, type Verdict, verdictOf } from './asked.ts'
import { markdownTable, number } from './table.ts'

const HEADINGS = ['figure', 'asked', 'measured', 'by phase', ''] as const

/** As Markdown: what was asked, the median of the phases, each phase, and whether it was met. */
export function askedTable(answers: readonly Answer[]): string {
  return markdownTable(
    HEADINGS,
    answers.map((answer) => {
      const { what, sign, digits, phases } = answer
      const { value, limit } = medianOf(phases)
      const each = phases.map((phase) => number(phase.value, digits)).join(', ')
      const bold = verdictOf(answer) === 'met' ? 'met' : `**${verdictOf(answer)}**`
      return [what, `${sign} ${number(limit, digits)}`, number(value, digits), each, bold]
    }),
  )
}

/** Such as `asked: 19 of 21 met; missed: flash: drained after s 9.7 (≤ 9.5)`. */
export function askedLine(answers: readonly Answer[]): string {
  const of = (verdict: Verdict) => answers.filter((answer) => verdictOf(answer) === verdict)
  const told = (verdict: Verdict) => {
    const said = of(verdict).map((answer) => {
      const { value, limit } = medianOf(answer.phases)
      const figure = (one: number) => number(one, answer.digits)
      return `${answer.what} ${figure(value)} (${answer.sign} ${figure(limit)})`
    })
    return said.length === 0 ? [] : [`${verdict}: ${said.join(', ')}`]
  }
  return [
    `asked: ${of('met').length} of ${answers.length} met`,
    ...told('met by the median'),
    ...told('missed'),
    ...(of('not measured').length === 0 ? [] : [`not measured: ${of('not measured').length}`]),
  ].join('; ')
}

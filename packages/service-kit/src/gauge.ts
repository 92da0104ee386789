import { Gauge, type Registry } from 'prom-client'

/** A figure that is asked for when it is scraped, and not kept up meanwhile. */
export function gaugeOf(registry: Registry, name: string, help: string, valueOf: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(valueOf())
    },
  })
}

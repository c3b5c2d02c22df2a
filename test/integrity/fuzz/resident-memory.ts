import { readFileSync } from 'node:fs'

/** Resident memory of a process over a run, in MiB. */
export interface MemoryWatch {
  readonly sample: (pid: number) => void
  readonly peakMebibytes: () => number
  /** The medians of the second quarter and of the last: what grows without end shows there. */
  readonly quarters: () => { readonly early: number; readonly late: number }
}

const residentMebibytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0

export const watchMemory = (): MemoryWatch => {
  const samples: number[] = []
  const quarter = (number: number): readonly number[] =>
    samples.slice(Math.floor((samples.length * (number - 1)) / 4), Math.floor((samples.length * number) / 4))
  return {
    sample: (pid) => samples.push(residentMebibytes(pid)),
    peakMebibytes: () => Math.max(...samples),
    quarters: () => ({ early: median(quarter(2)), late: median(quarter(4)) }),
  }
}

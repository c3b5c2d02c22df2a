import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Pipeline, pickFreePort, startPipeline } from '@baqylau/infra-local'

/** The whole pipeline as processes of their own, on free ports and a data directory that goes with it. */
export async function startTestPipeline(): Promise<Pipeline> {
  const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-e2e-'))
  const servicePorts = {
    intake: await pickFreePort(),
    dispatcher: await pickFreePort(),
    enricher: await pickFreePort(),
    lander: await pickFreePort(),
    atlas: await pickFreePort(),
  }
  const pipeline = await startPipeline({
    dataDir,
    servicePorts,
    external: {},
    ports: {},

    onProgress: () => undefined,
  })
  return {
    ...pipeline,
    stop: async () => {
      await pipeline.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Sends one report, or several as an array, with the key of the field staff, or of the operator. */
export function submit(
  { intakeUrl, access }: Pipeline,
  body: unknown,
  role: 'field' | 'operator' = 'field',
): Promise<Response> {
  return fetch(`${intakeUrl}/v1/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access.keys[role]}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** A later revision: a whole report by PUT, or a reason to take it back by DELETE. */
export interface Change {
  readonly method: 'PUT' | 'DELETE'
  readonly reportId: string
  readonly body: object
  /** Baqylau-Receipt, Baqylau-Author. */
  readonly headers?: Readonly<Record<string, string>>
  readonly role?: 'field' | 'operator'
}

/** Sends a later revision, with the key of the field staff unless another role is named. */
export function change({ intakeUrl, access }: Pipeline, wanted: Change): Promise<Response> {
  return fetch(`${intakeUrl}/v1/reports/${wanted.reportId}`, {
    method: wanted.method,
    headers: {
      authorization: `Bearer ${access.keys[wanted.role ?? 'field']}`,
      'content-type': 'application/json',
      ...wanted.headers,
    },
    body: JSON.stringify(wanted.body),
  })
}

/** Asks atlas as an analyst. @throws Error with the answer when it is not 200. */
export async function ask<Answer>({ atlasUrl, access }: Pipeline, path: string): Promise<Answer> {
  const response = await fetch(`${atlasUrl}${path}`, {
    headers: { authorization: `Bearer ${access.keys.analyst}` },
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

/** The only number that a query asks for. */
export async function countOf(
  { clickhouse }: Pipeline,
  sql: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const [row] = await clickhouse.query<Readonly<Record<string, string | number>>>(sql, parameters)
  return Number(Object.values(row ?? {})[0])
}

/** A person's browser, as far as forms go: it keeps cookies, follows redirects by GET, and says where a form came from. */
export interface Browser {
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Page>
  readonly send: (
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Page>
  readonly cookies: ReadonlyMap<string, string>
}

export interface Page {
  readonly status: number
  /** Where the redirects ended. */
  readonly path: string
  readonly headers: Headers
  readonly html: string
}

const keep = (jar: Map<string, string>, response: Response): void => {
  for (const cookie of response.headers.getSetCookie()) {
    const [pair = '', ...attributes] = cookie.split('; ')
    const [name = '', value = ''] = pair.split('=')
    const isGone = value === '' || attributes.includes('Max-Age=0')
    if (isGone) jar.delete(name)
    else jar.set(name, value)
  }
}

export const openBrowser = (url: string): Browser => {
  const jar = new Map<string, string>()
  const visit = async (path: string, init: RequestInit): Promise<Page> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(cookie === '' ? {} : { cookie }), ...(init.headers as Record<string, string>) }
    const response = await fetch(new URL(path, url), { ...init, headers, redirect: 'manual' })
    keep(jar, response)
    const location = response.headers.get('location')
    if (location !== null && response.status === 303) return visit(location, { method: 'GET', headers: {} })
    return { status: response.status, path, headers: response.headers, html: await response.text() }
  }
  return {
    get: (path, headers = {}) => visit(path, { method: 'GET', headers }),
    send: (path, fields, headers = { origin: url }) =>
      visit(path, { method: 'POST', headers, body: new URLSearchParams(fields) }),
    cookies: jar,
  }
}

/** What a field of the page holds: an input's value or a text area's text, unescaped. */
export const valueIn = (html: string, name: string): string | undefined => {
  const input = new RegExp(`<input [^>]*name="${name}"[^>]* value="([^"]*)"`, 'u').exec(html)?.[1]
  const area = new RegExp(`<textarea [^>]*name="${name}"[^>]*>\\n?([^<]*)<`, 'u').exec(html)?.[1]
  return (input ?? area)?.replaceAll(/&#(\d+);/gu, (_whole, code: string) =>
    String.fromCodePoint(Number(code)),
  )
}

/** One request as an access log in combined format tells it. */
export interface LoggedRequest {
  readonly address: string;
  readonly occurredAt: Date;
  readonly method: string | undefined;
  readonly path: string;
  readonly status: number;
  readonly bytes: number | undefined;
  readonly referrer: string | undefined;
  readonly userAgent: string | undefined;
}

// host ident user [time] "request" status bytes "referrer" "user agent"; quotes inside are escaped by a backslash.
const COMBINED =
  /^(\S+) \S+ \S+ \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"\s*$/;
const TIME = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Null for a line that is not in combined format. */
export function parseLine(line: string): LoggedRequest | null {
  const match = COMBINED.exec(line);
  if (!match) return null;
  const [, address = '', time = '', request = '', status = '', bytes = '', referrer = '', userAgent = ''] = match;
  const occurredAt = parseTime(time);
  if (!occurredAt) return null;
  const [method, path] = splitRequest(request);
  return {
    address,
    occurredAt,
    method,
    path,
    status: Number(status),
    bytes: bytes === '-' ? undefined : Number(bytes),
    referrer: present(referrer),
    userAgent: present(userAgent),
  };
}

const present = (text: string) => (text === '-' || text === '' ? undefined : text);

/** A request line that is none, as broken clients send them, is kept whole as the path. */
function splitRequest(request: string): [method: string | undefined, path: string] {
  const [method, path, protocol, ...rest] = request.split(' ');
  if (method && path && protocol?.startsWith('HTTP/') && rest.length === 0) return [method, path];
  return [undefined, request === '' ? '-' : request];
}

function parseTime(text: string): Date | null {
  const match = TIME.exec(text);
  if (!match) return null;
  const [, day, name = '', year, hour, minute, second, sign, offsetHours, offsetMinutes] = match;
  const month = MONTHS.indexOf(name);
  if (month < 0) return null;
  const local = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  if (new Date(local).getUTCDate() !== Number(day)) return null;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return new Date(sign === '-' ? local + offsetMs : local - offsetMs);
}

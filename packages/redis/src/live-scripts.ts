/**
 * The Lua of live streams. One stream a site; an entry carries some accepted events, and these fields:
 *
 * | field | meaning |
 * | --- | --- |
 * | `v` | version of this layout |
 * | `l` | names this life of the stream: it changes when the stream was gone and began anew |
 * | `n` | events of the entry |
 * | `x` | events that should have come before those, and were left out on their way |
 * | `c` | running total of both, this entry included |
 * | `e` | the events, a JSON array |
 */
export const LIVE_VERSION = '1';

/**
 * KEYS stream.
 * ARGV version, life where the stream begins with this call, n, x, the events, how many events and how many entries the
 * stream keeps, seconds it lives on. With neither n nor x it only sees to it that there is a stream.
 *
 * What it keeps is counted in events: entries are of any size, and the buffer needs the memory more.
 */
export const APPEND = `#!lua
local key, version, life = KEYS[1], ARGV[1], ARGV[2]
local n, lost, events = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local most, entries, ttl = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
local function fields(entry)
  local map = {}
  for i = 1, #entry[2], 2 do map[entry[2][i]] = entry[2][i + 1] end
  return map
end
local total = 0
local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
if last then
  local tail = fields(last)
  life, total = tail.l, tonumber(tail.c)
end
if not last or n + lost > 0 then
  total = total + n + lost
  redis.call('XADD', key, 'MAXLEN', '~', entries, '*', 'v', version, 'l', life, 'n', n, 'x', lost,
    'c', string.format('%.0f', total), 'e', events)
  while true do
    local head = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
    local first = fields(head)
    if total - tonumber(first.c) + tonumber(first.n) <= most or total == tonumber(first.c) then break end
    redis.call('XDEL', key, head[1])
  end
end
redis.call('EXPIRE', key, ttl)
return 1
`;

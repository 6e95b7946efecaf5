-- Views for `wrk`: an id of its own for each, 100 sites, 10 000 addresses behind a trusted proxy,
-- 50 browsers. Arguments: a file with a site key a line, and how long a connection waits between
-- an answer and its next request, in milliseconds on average.

local BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
local keys = {}
local pause = 0
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("seed", os.time() * 100 + threads)
end

function init(arguments)
  math.randomseed(seed)
  for line in io.lines(arguments[1]) do
    keys[#keys + 1] = line
  end
  pause = tonumber(arguments[2] or "0")
end

function request()
  local number = math.random(1, #keys)
  local origin = "https://s" .. (number - 1) .. ".example"
  local id = string.format("%05x%06x", math.random(0, 0xfffff), math.random(0, 0xffffff))
  local headers = {
    ["Host"] = "127.0.0.1",
    ["Origin"] = origin,
    ["User-Agent"] = BROWSER .. " V" .. math.random(1, 50),
    ["Content-Type"] = "text/plain",
    ["X-Forwarded-For"] = "198.51." .. math.random(0, 99) .. "." .. math.random(0, 99),
  }
  local body = '{"s":"' .. keys[number] .. '","t":"view","i":"' .. id .. '","u":"' .. origin
    .. '/docs/start/","r":"https://news.example/"}'
  return wrk.format("POST", "/collect", headers, body)
end

function delay()
  return pause > 0 and math.random(0, 2 * pause) or 0
end

-- Machine-readable, in microseconds: wrk's own table rounds.
function done(summary, latency)
  io.write(string.format("bench %d %d %d %d %d %d %d\n",
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end

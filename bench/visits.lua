-- SPDX-License-Identifier: Apache-2.0
-- wrk script: every request says that one of 500 pages was looked at, by one of 1000 browsers' names; any answer but
-- 202 is counted. Argument: the origin of the pages.
local threads = {}
local browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.%d.0 Safari/537.36"

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  bad, last_bad, number = 0, 0, 0
  head = "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
    .. "\r\nContent-Type: text/plain;charset=UTF-8\r\nOrigin: " .. args[1]
    .. "\r\nReferer: " .. args[1] .. "/\r\nSec-Fetch-Site: same-origin\r\nAccept: */*"
    .. "\r\nAccept-Language: ru,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br"
    .. "\r\nUser-Agent: "
  agents = {}
  for i = 1, 1000 do
    agents[i] = string.format(browser, i) .. "\r\nContent-Length: "
  end
  pages = {}
  for i = 1, 500 do
    local body = string.format('{"page":"/articles/on-%s","event":"view","item":""}', word(i))
    pages[i] = #body .. "\r\n\r\n" .. body
  end
end

-- Words, not numbers: a number in an address is left out of statistics.
function word(i)
  local text = ""
  for _ = 1, 3 do
    text = text .. string.char(97 + i % 26)
    i = math.floor(i / 26)
  end
  return text
end

function request()
  number = number + 1
  return head .. agents[1 + number % 1000] .. pages[1 + number % 499]
end

function response(status)
  if status ~= 202 then
    bad = bad + 1
    last_bad = status
  end
end

function done(summary, latency, requests)
  local other, seen = 0, 0
  for _, thread in ipairs(threads) do
    other = other + thread:get("bad")
    seen = math.max(seen, thread:get("last_bad"))
  end
  local e = summary.errors
  io.write(string.format(
    '\n@{"requests":%d,"duration_us":%d,"bad":%d,"last_bad":%d,"ran_out":0,"socket":%d,'
      .. '"p50_us":%d,"p99_us":%d,"max_us":%d}\n',
    summary.requests, summary.duration, other, seen,
    e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end

-- passExpiries: ends of PASS by month and group, with suspended people, hard stops, waiting requests and weekly peaks.
select e.as_of, e."from", e."to", e.by, e.step, e.total, e.months, e.groups, e.weekly
from pass.expiries(:from, :to, :by, coalesce(:as_of, engine.today())) e

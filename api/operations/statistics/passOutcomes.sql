-- passOutcomes: exits of a year by category, reason and group, as counts and as rates of the exits counted.
select o.year, o.by, o.source, o.step, o.total, o.reasons, o.groups
from pass.outcomes(coalesce(:year::integer, extract(year from engine.today())::integer), :by) o

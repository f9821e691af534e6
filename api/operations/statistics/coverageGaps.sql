-- coverageGaps: regions of a day that no delegation covers, and who looks after their members.
select g.as_of, g.regions
from report.coverage_gap_list(coalesce(:as_of, engine.today())) g

-- memberStatistics: members active on a day by kind, line of the report, region, department or delegation.
select s.as_of, s.by, s.total, s.groups
from report.member_statistics(coalesce(:as_of, engine.today()), :by) s

-- memberObservations: workforce and exits of a year, or of every known one.
select w.year, w.workforce, w.exits
from report.workforce_statistics(:year::integer) w

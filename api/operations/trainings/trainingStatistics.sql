select s.year, s."by", s.sessions, s.by_kind, s.people, s.enrolments, s.trainers, s.days, s.trainee_minutes,
    s.trainer_minutes, s.fill_rate_percent, s.courses, s.new_courses, s.new_courses_over_two_years,
    s.satisfaction, s.groups, s.events
from training.statistics(:year::integer, :by) s

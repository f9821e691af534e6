-- memberMoves: first memberships, returns and departures between two days.
select v."from", v."to", v.by, v.joined, v.rejoined, v."left", v.net, v.groups
from report.member_moves(:from, :to, :by) v

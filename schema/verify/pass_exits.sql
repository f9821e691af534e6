select pass_id, category, counted from pass.exit where false;
select year, people from pass.ended_outcome where false;

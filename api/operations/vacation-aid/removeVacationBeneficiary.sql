-- The answer shows the person one last time.
select b.id, b.version, b.member_id, b.project_id, b.role, b.household_no, b.category, b.given_name, b.family_name, b.birth_date,
    b.family_quotient_cents, b.birth_year, b.first_stay, b.earlier_aids, b.aided_this_year, b.created_at, b.updated_at
from vacation.remove_beneficiary(:id, :if_match) b

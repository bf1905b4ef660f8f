-- The early-help system as views (source `early-help`, with persons and staff of its own).
-- T-SQL for the authority to fill in: replace each NULL by the column of its case system, and WHERE 1 = 0 by its tables.
-- Dates are DATE or DATETIME (the time part is ignored). Flags are Y or N. Ids are text, the same ids in every view.
-- An optional view that is left out reads as empty. Grant the gateway log-in SELECT on these and nothing else.

-- REQUIRED. Everybody early help knows.
CREATE VIEW dbo.gw_eh_person AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS person_id,                       -- unique
  CAST(NULL AS NVARCHAR(255)) AS forename,
  CAST(NULL AS NVARCHAR(255)) AS surname,
  CAST(NULL AS DATE) AS dob,
  CAST(NULL AS NVARCHAR(255)) AS sex,                            -- M, F, U or words
  CAST(NULL AS NCHAR(1)) AS is_child,                            -- for the authority; gw_eh_family_member decides
  CAST(NULL AS NVARCHAR(255)) AS house,                          -- number or name
  CAST(NULL AS NVARCHAR(255)) AS street,
  CAST(NULL AS NVARCHAR(255)) AS town,
  CAST(NULL AS NVARCHAR(255)) AS postcode,
  CAST(NULL AS NVARCHAR(255)) AS phone,                          -- numbers, joined by ;
  CAST(NULL AS NVARCHAR(255)) AS school
WHERE 1 = 0;
GO

-- The families as early help has them.
CREATE VIEW dbo.gw_eh_family_member AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS family_id,
  CAST(NULL AS NVARCHAR(48)) AS person_id,                       -- person_id of gw_eh_person
  CAST(NULL AS NCHAR(1)) AS is_child,                            -- Y or N
  CAST(NULL AS NCHAR(1)) AS in_workflow                          -- Y: included. Anything else: left out
WHERE 1 = 0;
GO

-- A period of early help; its keyworker and team are involved with the whole family as long as it lasts.
CREATE VIEW dbo.gw_eh_episode AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS episode_id,                      -- unique
  CAST(NULL AS NVARCHAR(48)) AS family_id,
  CAST(NULL AS NVARCHAR(48)) AS index_person_id,                 -- person_id of gw_eh_person: on whom it is filed
  CAST(NULL AS DATE) AS started_on,                              -- first day
  CAST(NULL AS DATE) AS ended_on,                                -- first day it no longer runs; NULL: open
  CAST(NULL AS NVARCHAR(MAX)) AS reason,
  CAST(NULL AS NVARCHAR(MAX)) AS end_reason,
  CAST(NULL AS NVARCHAR(48)) AS keyworker_staff_id,              -- staff id of early help
  CAST(NULL AS NVARCHAR(255)) AS keyworker_name,
  CAST(NULL AS NVARCHAR(48)) AS team_id,                         -- team id of the gateway directory
  CAST(NULL AS NVARCHAR(255)) AS service_name
WHERE 1 = 0;
GO

-- Early help assessments.
CREATE VIEW dbo.gw_eh_assessment AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS assessment_id,                   -- unique
  CAST(NULL AS NVARCHAR(48)) AS episode_id,                      -- the episode it belongs to
  CAST(NULL AS NVARCHAR(48)) AS child_person_id,                 -- person_id of gw_eh_person
  CAST(NULL AS DATE) AS completed_on,
  CAST(NULL AS NVARCHAR(MAX)) AS summary,
  CAST(NULL AS NVARCHAR(MAX)) AS needs,
  CAST(NULL AS NVARCHAR(48)) AS author_staff_id                  -- staff id of early help
WHERE 1 = 0;
GO

-- Support plans.
CREATE VIEW dbo.gw_eh_support_plan AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS plan_id,                         -- unique
  CAST(NULL AS NVARCHAR(48)) AS episode_id,                      -- the episode it belongs to
  CAST(NULL AS NVARCHAR(48)) AS child_person_id,                 -- person_id of gw_eh_person
  CAST(NULL AS DATE) AS started_on,
  CAST(NULL AS DATE) AS review_due_on,
  CAST(NULL AS DATE) AS ended_on,
  CAST(NULL AS NVARCHAR(MAX)) AS goals,
  CAST(NULL AS NVARCHAR(MAX)) AS actions,
  CAST(NULL AS NVARCHAR(48)) AS author_staff_id                  -- staff id of early help
WHERE 1 = 0;
GO

-- Progress against the outcomes plan.
CREATE VIEW dbo.gw_eh_outcome AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS outcome_id,                      -- unique
  CAST(NULL AS NVARCHAR(48)) AS episode_id,                      -- the episode it belongs to
  CAST(NULL AS NVARCHAR(48)) AS child_person_id,                 -- person_id of gw_eh_person
  CAST(NULL AS DATE) AS recorded_on,
  CAST(NULL AS NVARCHAR(255)) AS domain,
  CAST(NULL AS NVARCHAR(255)) AS progress,
  CAST(NULL AS NVARCHAR(MAX)) AS summary,
  CAST(NULL AS NVARCHAR(48)) AS author_staff_id                  -- staff id of early help
WHERE 1 = 0;
GO

-- Agreement to be worked with (FS-17); not consent to share. What cannot be read is read as WITHDRAWN.
CREATE VIEW dbo.gw_eh_service_consent AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS person_id,                       -- person_id of gw_eh_person
  CAST(NULL AS NVARCHAR(255)) AS state,                          -- GIVEN, REFUSED or WITHDRAWN
  CAST(NULL AS DATETIMEOFFSET) AS recorded_at                    -- when said, UTC
WHERE 1 = 0;
GO

-- Why early help may go on while a child is under child protection (CF-04).
CREATE VIEW dbo.gw_eh_cp_ground AS
SELECT
  CAST(NULL AS NVARCHAR(48)) AS family_id,
  CAST(NULL AS NVARCHAR(255)) AS ground                          -- OPEN_BEFORE, ENDING or SPECIAL
WHERE 1 = 0;
GO

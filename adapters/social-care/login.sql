-- The log-in of the gateway: SELECT on the tables and views that the adapter reads, and nothing else (source `social-care`).
-- T-SQL, to be run in the SSD database by its owner after `views.sql`. Leave out what you have not: it reads as empty.
-- Replace the password; where SQL Server knows the gateway by Windows or Entra, CREATE USER for that principal instead.

CREATE LOGIN threshold_reader WITH PASSWORD = 'REPLACE_BY_A_LONG_SECRET', CHECK_POLICY = ON;
CREATE USER threshold_reader FOR LOGIN threshold_reader WITH DEFAULT_SCHEMA = dbo;
DENY INSERT, UPDATE, DELETE, EXECUTE TO threshold_reader;
GO

GRANT SELECT ON dbo.ssd_person TO threshold_reader;
GRANT SELECT ON dbo.ssd_disability TO threshold_reader;
GRANT SELECT ON dbo.ssd_immigration_status TO threshold_reader;
GRANT SELECT ON dbo.ssd_mother TO threshold_reader;
GRANT SELECT ON dbo.ssd_early_help_episodes TO threshold_reader;
GRANT SELECT ON dbo.gw_adult TO threshold_reader;
GRANT SELECT ON dbo.ssd_address TO threshold_reader;
GRANT SELECT ON dbo.ssd_involvements TO threshold_reader;
GRANT SELECT ON dbo.ssd_professionals TO threshold_reader;
GRANT SELECT ON dbo.ssd_department TO threshold_reader;
GRANT SELECT ON dbo.ssd_contacts TO threshold_reader;
GRANT SELECT ON dbo.ssd_cin_episodes TO threshold_reader;
GRANT SELECT ON dbo.ssd_cin_assessments TO threshold_reader;
GRANT SELECT ON dbo.ssd_assessment_factors TO threshold_reader;
GRANT SELECT ON dbo.ssd_cin_plans TO threshold_reader;
GRANT SELECT ON dbo.ssd_cin_visits TO threshold_reader;
GRANT SELECT ON dbo.ssd_s47_enquiry TO threshold_reader;
GRANT SELECT ON dbo.ssd_initial_cp_conference TO threshold_reader;
GRANT SELECT ON dbo.ssd_cp_plans TO threshold_reader;
GRANT SELECT ON dbo.ssd_cp_visits TO threshold_reader;
GRANT SELECT ON dbo.ssd_cp_reviews TO threshold_reader;
GRANT SELECT ON dbo.ssd_cla_episodes TO threshold_reader;
GRANT SELECT ON dbo.ssd_cla_placement TO threshold_reader;
GRANT SELECT ON dbo.ssd_cla_care_plan TO threshold_reader;
GRANT SELECT ON dbo.ssd_sdq_scores TO threshold_reader;
GRANT SELECT ON dbo.ssd_missing TO threshold_reader;
GRANT SELECT ON dbo.ssd_care_leavers TO threshold_reader;
GRANT SELECT ON dbo.ssd_cla_reviews TO threshold_reader;
GRANT SELECT ON dbo.ssd_cla_visits TO threshold_reader;
GRANT SELECT ON dbo.ssd_legal_status TO threshold_reader;
GRANT SELECT ON dbo.ssd_cla_health TO threshold_reader;
GRANT SELECT ON dbo.ssd_cla_immunisations TO threshold_reader;
GRANT SELECT ON dbo.ssd_cla_substance_misuse TO threshold_reader;
GRANT SELECT ON dbo.ssd_cla_convictions TO threshold_reader;
GRANT SELECT ON dbo.ssd_cla_previous_permanence TO threshold_reader;
GRANT SELECT ON dbo.ssd_permanence TO threshold_reader;
GRANT SELECT ON dbo.ssd_pre_proceedings TO threshold_reader;
GRANT SELECT ON dbo.gw_restricted_person TO threshold_reader;
GRANT SELECT ON dbo.gw_relationship TO threshold_reader;
GRANT SELECT ON dbo.gw_family_member TO threshold_reader;
GRANT SELECT ON dbo.gw_family_team TO threshold_reader;
GRANT SELECT ON dbo.gw_core_group TO threshold_reader;
GRANT SELECT ON dbo.gw_panel_family TO threshold_reader;
GRANT SELECT ON dbo.gw_panel_member TO threshold_reader;
GRANT SELECT ON dbo.gw_s47_person TO threshold_reader;
GRANT SELECT ON dbo.gw_allegation TO threshold_reader;
GRANT SELECT ON dbo.gw_handover TO threshold_reader;
GRANT SELECT ON dbo.gw_referral_origin TO threshold_reader;
GO

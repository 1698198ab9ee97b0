"""Ideas around an account (orders, data, credit, compliance), of how people ask, and of mail that asks nothing.

Written as in `lexicon_trade`.
"""

from __future__ import annotations

from typing import Final

DESK: Final[dict[str, str]] = {
    # orders and references
    "po": (
        "po pos p.o. purchase_order* po-number po_number blanket bestellnummer* bestellnr* bestell-nr* bestellung* auftragsnummer* abruf rahmenbestell* "
        "bon_de_commande bc numero_de_commande n°_de_commande commande pedido* orden_de_compra oc numero_de_pedido bestelnummer* inkooporder* bestelbon* "
        "inkoopnummer* ordernummer* requisition call-off numero_d'engagement engagement_juridique expediente bestelling"
    ),
    "cost_centre": (
        "cost_cent* cost_code gl_code wbs project_number department reference attn attention kostenstelle* innenauftrag* projektnummer* kontierung* leitweg-id leitweg* referenz* "
        "aktenzeichen centre_de_cout* code_service code_projet chorus reference imputation centro_de_coste* centro_de_costo* referencia dir3 proyecto "
        "kostenplaats* projectcode projectnummer* referentie* kenmerk t.a.v. z.hd. budgetcode your_ref our_ref"
    ),
    "add_to": (
        "add put include_the_number print_on show_on mention ergaenz* hinzufueg* eintrag* nachtrag* aufnehmen auffuehren angeben vermerken aufdrucken aufbringen ajout* "
        "mentionner indiquer faire_figurer porter_la anadir* agreg* incluir indicar inclu* poner consten toevoeg* vermeld* zetten opnemen bijzetten erbij quote_on"
    ),
    "missing": "missing lack* without absent omitted fehl* ohne manqu* sans falta* sin ontbre* zonder weggelaten vergeten forgot* vergessen oubli* olvid* no_po left_off",
    "portal": (
        "portal* coupa ariba basware tungsten taulia workflow system upload* platform e-procurement sap oracle plattform hochlad* plateforme* portail depot deposer depos* plataforma "
        "subir cargar web face inkoopportaal platform* leveranciersportaal scanning ocr"
    ),
    "rejected": "reject* bounced refused return_to_sender abgelehnt* zurueckgewies* abgewies* ablehn* rejet* refuse retourne_par rechaz* devuelta_por afgekeurd* geweigerd* afgewezen geblokkeerd_door kicked_out kick_out auto-rejected",
    "order": "order orders auftrag* ~auftrag commande* commander pedido* order* bestelling* so encargo",
    # master data
    "address": (
        "address* street postcode zip suite po_box ~adresse ~anschrift anschriften strasse plz postfach adresse* rue siege siege_social locaux direccion* calle domicilio sede "
        "avda ~adres straat postbus vestiging* hauptsitz hq headquarters invoice_address billing_address head_office building floor unit avenue"
    ),
    "moved": "moved moving relocat* umzieh* umgezogen* umzug* sitz demenag* nouveaux_locaux mudamos mudado* mudanza traslad* verhuis* verhuizing* new_premises new_office neue_raeume new_building",
    "company_name": (
        "legal_name company_name trading_as renam* rebrand* merger merged demerger name_change firmierung* umfirm* firmenname* rechtsform* fusion* verschmolz* heissen "
        "raison_sociale denomination changement_de_nom razon_social denominacion cambio_de_nombre fusion naamswijzig* bedrijfsnaam* rechtsvorm* handelsnaam* fusie* heten "
        "gmbh ltd llc b.v. sarl s.l. takeover converted"
    ),
    "mailbox_data": (
        "email e-mail mailbox inbox mail_address ~mailadresse e-mail-adresse* mailadresse* rechnungspostfach boite_mail adresse_mail adresse_e-mail courriel correo buzon "
        "correo_electronico e-mailadres* mailadres* mailbox* zentrale_adresse shared_mailbox zmailz"
    ),
    "contact_person": (
        "contact* colleague successor predecessor replac* retire* retir* handed_over took_over ansprechpartner* zustaendig* kollegin kollege nachfolg* vorgaenger* interlocut* remplac* "
        "charge_de collegue persona_de_contacto sustitu* responsable companer* contactpersoon* opvolg* vervang* collega* aanspreekpunt no_longer left_us left_the_company "
        "ausgeschieden nicht_mehr_bei ne_travaille_plus quitte_l'entreprise a_quitte ya_no_trabaja se_jubil* dejo_la_empresa werkt_niet_meer uit_dienst mat_leave maternity"
    ),
    "channel": (
        "paper post by_post postal printed papier papierrechnung* per_post par_courrier courrier papel por_correo_postal per_post papieren email_only only_by_email "
        "elektronisch* electronic* digital* electronique* electronic* dematerialis* digitaal nur_noch remove_me take_me_off stop_sending unsubscribe_me distribution_list verteiler* liste_de_diffusion lista_de_distribucion verzendlijst send_invoices_to invoices_go_to"
    ),
    "records": "records master_data stammdaten* kundendaten* fichier_client fiche_client coordonnees base_de_datos ficha datos_de_cliente datos_fiscales klantgegevens* gegevens bestand system system hinterleg* hinterlegt adressbuch please_note update_your",
    "from_now": "from_now_on as_of effective going_forward in_future henceforth ab_sofort kuenftig* zukuenftig* ab_dem mit_wirkung desormais dorenavant a_compter_du a_partir_du de_ahora_en_adelante en_adelante a_partir_del a_partir_de voortaan vanaf met_ingang in_het_vervolg all_future alle_kuenftigen",
    "change": "chang* updat* switch* amend_our modif* aender* geaendert* aendert umstell* umgestellt wechsel* gewechselt actualis* mettre_a_jour mise_a_jour cambi* actualiz* modific* wijzig* gewijzigd* aanpass* veranderd* bijwerken omzetten",
    "new": "new neu neue neuen neuer neues nouveau nouvelle nouvel nouveaux nuevo nueva nuevos nuevas nieuw nieuwe",
    "old": "old former previous alte alten alter bisherig* ehemalig* ancien ancienne precedent* antiguo antigua anterior oude vorige voormalig* until_now",
    # bank
    "bank_data": (
        "bank_details bank_detail bank_account* banking_details account_number* account_details iban bic sort_code routing* swift_code remit-to remit_to "
        "remittance_details payment_details payment_instruction* wire_instruction* ~bankverbindung bankdaten bankkonto* kontonummer* kontodaten kontoverbindung* "
        "kontowechsel coordonnees_bancaires rib compte_bancaire numero_de_compte changement_de_banque nos_coordonnees datos_bancarios cuenta_bancaria numero_de_cuenta cuenta_corriente nueva_cuenta clabe cbu "
        "bankgegevens bankrekening* rekeningnummer* nieuwe_rekening new_account neues_konto neue_konto konto_bei nouveau_compte acct bank_info"
    ),
    "bank": "bank banks banque* banco* caja sparkasse volksbank hausbank ing kbc hsbc barclays bbva santander bnp rabobank abn commerzbank deutsche_bank revolut wise ubs konto compte cuenta rekening account_with",
    "suspicious": (
        "suspicious scam* fraud* phish* legit* genuine really_you hacked compromised odd fishy spoof* call_back callback verify verifi* verdaechtig* betrug* gefaelscht* "
        "echt wirklich_von_ihnen seltsam komisch misstrauisch suspect* arnaque* fraude* usurp* authentiqu* bizarre louche sospechos* estafa* suplant* autentic* raro "
        "es_cierto verdacht* oplicht* nep vreemd vals phishing eigenartig trust spam-verdacht diff*"
    ),
    "confirm": "confirm* bestaetig* confirmez confirmer confirmation confirma* confirmen confirmar bevestig* bestaetigung acknowledge",
    # credit
    "terms": (
        "payment_term* terms net_30 net_45 net_60 net_90 net30 net60 days_net zahlungsziel* zahlungsbedingung* zahlungsfrist* ziel netto delai_de_paiement delais_de_paiement conditions_de_paiement "
        "fin_de_mois condiciones_de_pago plazo_de_pago plazos_de_pago forma_de_pago betaaltermijn* betalingstermijn* betaalcondities betalingsconditie* betaalvoorwaarden* "
        "prepay* vorkasse vorauskasse paiement_d'avance pago_anticipado vooruitbetal* on_account open_account cash_on_delivery cod"
    ),
    "days": "days day tage tagen jours dias dagen 30 45 60 90",
    "longer": "longer extend* extension move_from move_to lengthen stretch verlaenger* laenger* ausdehn* umstellen allong* prolong* porter ampli* alarg* pasar_de pasar_a verleng* langer oprekken from_30",
    "credit_limit": (
        "credit_limit* credit_line* credit_facility line_of_credit exposure headroom trade_account credit_application kreditlimit* ~limit kreditlinie* kreditrahmen* warenkredit* verfuegungsrahmen "
        "limite_de_credit plafond encours ligne_de_credit assurance-credit limite_de_credito linea_de_credito riesgo_concedido clasificacion kredietlimiet* kredietruimte kredietlijn* limiet* kredietverzeker* "
        "credit_insur* kreditversicher* coface euler_hermes atradius cesce limit limits credit_rating"
    ),
    "raise": "raise increase_our higher_limit bump* erhoeh* aufstock* anheb* heraufsetz* augment* relever rehauss* aument* subir ampliar elevar verhog* ophogen optrekken reduce lower downgrade",
    "security": "guarantee* bank_guarantee surety collateral security buergschaft* garantie* avalbuergschaft sicherheit caution_bancaire garant* aval fianza zekerheid* borgstelling bankgarantie* financial_statements bilanz* bilan balances jaarrekening* cuentas_anuales liasse_fiscale bwa financials annual_accounts",
    "instalment": (
        "instalment* installment* payment_plan* repayment_plan split spread in_parts in_stages monthly_payments each_month per_month a_month raten* ~raten teilzahl* teilbetraeg* abzahl* abstotter* monatlich* "
        "echelonn* echeancier* mensualit* en_plusieurs_fois en_trois_fois etal* par_mois plazo plazos cuota* fraccion* aplaz* pagar_a_plazos plan_de_pago* mensual* al_mes "
        "termijnen in_termijnen betalingsregeling* betaalregeling* afbetaling* gespreid* spreiden afbetal* aflos* per_maand afkorten schuldregeling"
    ),
    "hardship": (
        "cash_flow cash-flow cashflow liquidity hardship struggl* tight afford* difficult* illness hospital* insured lost_our short_of_money can't_pay cannot_pay unable_to_pay seasonal "
        "liquiditaet* engpass* engpaesse klamm knapp finanziell* schwierig* nicht_zahlen_koennen krank* umsatzeinbruch* wasserschaden zahlungsschwierig* auftragslage tresorerie* difficulte* passe_difficile manque_de_liquidite* "
        "en_difficulte baisse_d'activite liquidez dificultad* apuro* mala_racha tesoreria no_podemos_pagar no_puedo_pagar no_llegamos liquiditeit* krap moeilijk* niet_betalen_kunnen lukt_niet lukt_me tegenvall* ziek* cash "
        "bad_year slow business_is_slow fire flood divorce scheidung sinistre incendio brand"
    ),
    "insolvency": (
        "insolven* bankrupt* administrat* liquidat* receiver* chapter_11 reorgani* moratorium insolvenz* insolvenzverwalter* konkurs* eigenverwaltung schutzschirm* redressement* liquidation* sauvegarde* mandataire* "
        "conciliation concurso* administrador_concursal preconcurso quiebra suspension_de_pagos faillissement* curator* surseance* wsnp whoa bewindvoer* nachlassstundung creditors"
    ),
    "defer": "defer* postpone* standstill delay* grace extension more_time stundung* stunden aufschub* verschieb* hinausschieb* zahlungspause* nachfrist mehr_zeit aufgeschoben report* repousser differer moratoire sursis delai_supplementaire aplazamiento* aplazar prorroga* posponer carencia moratoria uitstel* opschorten pauze later pause wait_until until_january waive",
    "propose": "propos* suggest* offer_to arrangement agree_on vorschlag* vorschlagen anbieten einigung* einigen arrangement* proposon* propon* propuesta* acuerdo_de voorstel* voorstellen regeling* overeenkomen settle_on compromise",
    # letter of credit
    "lc": (
        "letter_of_credit letters_of_credit lc l/c lcs documentary_credit akkreditiv* dokumentenakkreditiv* credit_documentaire lettre_de_credit credoc cdi credito_documentario "
        "carta_de_credito cdoc accreditief* documentair* standby_lc sblc ucp mt700 mt707 mt734 mt799 mt720"
    ),
    "lc_terms": (
        "issuing_bank advising_bank confirming_bank applicant beneficiary nominated_bank discrepan* presentation present_the latest_shipment expiry tenor negotiat* avalized "
        "bill_of_lading b/l bl draft_lc transhipment partial_shipment incoterm* eroeffnende_bank avisierende_bank dokumente* vorlage* verfall* unstimmigkeiten letztes_verladedatum konnossement* "
        "banque_emettrice banque_notificatrice irregularite* reserves connaissement date_limite_d'expedition expedition validite banco_emisor banco_avisador discrepancias conocimiento_de_embarque embarque vencimiento_del_credito "
        "openende_bank adviserende_bank cognossement* verschepingsdatum verlopen shipping_documents port packing_list certificate_of_origin inspection_certificate at_sight usance documents_against incoterms"
    ),
    "amend_lc": "amendment* extend_the ampliacion_del enmienda* modificacion_del_credito avenant* modification_du_credit wijziging_van_het aenderung_des prorogation verlaengerung waiver waive",
    # compliance
    "kyc": (
        "kyc aml know_your_customer due_diligence beneficial_owner* ubo ubos certificate_of_incorporation register_extract compliance* sanction* pep self-certification crs fatca vetting onboarding "
        "wirtschaftlich_berechtigt* handelsregister* geldwaesche* gwg transparenzregister* gesellschafterliste* legitimation* identifizier* beneficiaire* kbis extrait_kbis lcb-ft blanchiment "
        "conformite statuts titular_real titularidad_real blanqueo escritura* acta_de_constitucion constancia_de_situacion registro_mercantil prevencion uittreksel* kvk-uittreksel wwft "
        "witwas* uiteindelijk* statuten supplier_questionnaire fragebogen* questionnaire* cuestionario* vragenlijst* verification verificatie legitimatie"
    ),
    "identity_papers": "passport* id_card identity_card driving_licence selfie video-ident personalausweis* ausweis* reisepass* passeport* piece_d'identite carte_d'identite justificatif_de_domicile pasaporte* dni cedula documento_de_identidad comprobante_de_domicilio paspoort* identiteitsbewijs* legitimatiebewijs* proof_of_address utility_bill notari* apostil* beglaubig* certified",
    "tax_papers": "w-9 w9 w-8 w8 w-8ben* tax_residen* residency_certificate certificate_of_residence ansaessigkeitsbescheinig* freistellungsbescheinig* unbedenklichkeitsbescheinig* residence_fiscale attestation_de_vigilance attestation_fiscale attestation_urssaf residencia_fiscal certificado_de_residencia certificado_de_estar_al_corriente corriente_de_pago woonplaatsverklaring* verklaring_betalingsgedrag g-rekening coi iso_certificate insurance_certificate",
    "owners": "owner* ownership shareholder* director* managing_director acquired acquisition org_chart organigram* gesellschafter* geschaeftsfuehr* eigentuem* anteile inhaber* actionnaire* actionnariat gerant* dirigeant* parts associes capital socio* accionista* administrador* participacion* aandeelhouder* bestuurder* eigenaar* aandelen zeggenschap signatory prokura poder power_of_attorney vollmacht",
    "link": "link links upload expired abgelaufen* lien expire enlace caducado caduc* verlopen token access login zugang* einlogg* acces connexion acceso inloggen password passwort* mot_de_passe contrasena wachtwoord website app",
    # contract
    "contract": "contract* agreement* msa sow clause* annex appendix schedule_a vertrag* ~vertrag vertraege rahmenvertrag* klausel* paragraph contrat* clause* annexe* convention contrato* clausula* anexo* convenio contract* overeenkomst* artikel bijlage_bij police plan plans tarif_ abo abonnement* subscription* suscripcion*",
    "notice": (
        "notice_period notice renew* auto-renew* expire* expiration runs_out minimum_term exit end_date term_of kuendigungsfrist* laufzeit* verlaengert* mindestlaufzeit* vertragsende auslauf* "
        "preavis reconduction* renouvel* duree echeance_du_contrat terme fin_de_contrat preaviso renov* prorroga_del permanencia duracion vigencia finaliza opzegtermijn* verleng* looptijd* einddatum stilzwijgend* "
        "cooling-off contractduur"
    ),
    "included": (
        "includ* cover* part_of scope entitled allowance quota extra_cost separately free_of_charge inbegriffen enthalten* leistungsumfang* inklusive abgedeckt umfasst* gehoert_dazu kostenlos compris* inclus* "
        "couvert* forfait perimetre gratuit* incluid* inclu* cubre cubierto cobertura gratis inbegrepen* gedekt valt_onder valt_dat_onder onder_ons dekking omvat kosteloos sla uptime verfuegbarkeit disponibilite disponibilidad beschikbaarheid service_level"
    ),
    "explain": (
        "explain* breakdown break_down what_is_this what_does what_is_the meaning understand clarif* erklaer* erlaeuter* aufschluessel* bedeut* was_ist verstehe detaill* expliqu* correspond comprends signifi* decompos* ventilation_de "
        "explic* explica desglos* significa entiendo aclar* a_que_corresponde uitleg* leg_uit specific* specificatie* toelicht* betekent wat_is waarvoor waar_staat how_is how_does how_do hoe_werkt wie_berechnet comment como_se"
    ),
    "indexation": "index* indexation escalator cpi price_increase price_adjustment preisanpass* preiserhoeh* indexierung revision_des_prix revalorisation ipc revision_de_precios actualizacion_de_precios indexering* prijsverhoging* prijsaanpassing* inflation inflacion inflatie",
    "service": "service* support maintenance wartung* ~wartung dienst* leistung* maintenance prestation* assistance mantenimiento* servicio* soporte onderhoud* dienst* ondersteuning hotline technician techniker warranty garantie outage downtime storing* training schulung formation formacion",
    "add_capacity": "upgrade* downgrade* add_users more_users additional pro-rate prorate mid-term upsell zusaetzlich* hinzubuch* erweiter* supplementaire* adicional* anadir_usuarios extra uitbreid* bijkomend*",
    # asking
    "send": (
        "send resend re-send sent forward email_me mail_me provide supply share issue get_me senden sende sendet schick* zusend* zuschick* zukommen uebermittel* uebersend* bereitstell* "
        "nachreich* envoy* renvoy* transmett* transmis fournir faire_parvenir envie enviar envien envienos enviarme enviarnos reenvi* remitir remitan remitirnos mandar mandarme mande pasar pasarme facilit* "
        "stuur* sturen opsturen toestur* doorstur* toezend* mailen bezorgen aanleveren verstrek* bekommen download* drop_me fwd"
    ),
    "again": "again once_more nochmal* nochmals erneut* noch_einmal wieder abermals encore_une_fois nouveau a_nouveau de_nouveau otra_vez de_nuevo nuevamente volver_a opnieuw nogmaals weer nog_een_keer another_copy second_copy",
    "please": "in_advance im_voraus vorab d'avance de_antemano por_adelantado bij_voorbaat alvast please pls plz kindly bitte bitten merci_de veuillez svp s'il_vous_plait priere por_favor favor rogamos ruego sirvanse solicit* graag gelieve alstublieft aub verzoek* could_you can_you would_you koennten koennen_sie pourriez pouvez podria* podrian pueden puede kunt_u zou_u kun_je",
    "want": "want need needs require* like wish must request* we'd i'd benoetig* brauch* moecht* wuensch* wollen muss muessen besoin souhait* voudr* voulons aimer* faut doit necesit* quer* quisier* desea* gustaria precis* hace_falta nodig wens* willen wil moeten moet zouden would_like would_need",
    "question": "? what when which whether who how why is_it are_you do_you did_you was wann welche ob wer wie warum wieso weshalb quoi quand quel quelle quels si_ qui comment pourquoi est-ce que_ cuando cual quien como por_que porque si_ wat wanneer welke of_ wie hoe waarom",
    "not": "not no never don't doesn't didn't haven't hasn't isn't wasn't won't can't cannot nicht nie kein keine keinen keinerlei ne pas jamais aucun aucune plus no nunca jamas ningun ninguna ni niet nooit geen nothing nichts rien nada niets none nor",
    "arrive_not": "never_received never_arrived never_came never_got never_reached not_received didn't_get haven't_received hasn't_arrived nicht_erhalten nie_erhalten nicht_angekommen nie_angekommen nicht_bekommen pas_recu jamais_recu rien_recu no_hemos_recibido no_recibi* no_nos_ha_llegado no_ha_llegado nunca_llego nunca_recib* niet_ontvangen nooit_ontvangen niet_gekregen nog_niet_binnen never_turned_up no_trace cannot_find can't_find not_find unauffindbar introuvable lost verloren verschollen perdu* perdid* extravi* kwijt zoek misplaced nowhere keine_rechnung_vor liegt_uns_nicht_vor liegt_nicht_vor geen_factuur no_record no_invoice",
    "check": "check* look_into investigat* trace_the find_out verify_the see_if pruef* nachschau* nachseh* klaer* kontroll* verifi* controler regarder retrouv* comprob* revis* verific* averigu* mirar nakijk* nagaan controler* uitzoek* nazien",
    "status": "status state stand where_is what_happened any_news update_on progress update stand_der was_ist_mit wo_bleibt wo_ist etat ou_en_est qu'en_est-il situation estado como_va que_paso donde_esta stand_van hoe_staat waar_blijft waar_is wat_is_er still noch encore toujours aun todavia sigue nog steeds",
    "waiting": "waiting wait still_wait* awaiting chasing warte* warten immer_noch steht_aus steht_noch_aus aussteh* attend* tarde esper* seguimos aguard* wacht* steeds_niet nog_steeds long_overdue since_march",
    "promised": "promised you_said agreed_by approved_by zugesagt* versprochen* besprochen angekuendigt* genehmigt_von promis promise convenu_avec annonce prometi* prometido dijeron quedamos toegezegd* beloofd* afgesproken_met was_told told_us",
    # nothing asked
    "thanks": "thank* thx ty cheers danke* dank vielen_dank herzlichen_dank merci remerci* gracias agradec* bedankt dank_je dank_u dankjewel dankuwel appreciat* great perfect super top prima lovely parfait perfecto genial geweldig fantastic klasse erledigt resolved geloest sorted",
    "away": "out_of_office out_of_the_office ooo vacation annual_leave on_leave holiday parental nicht_im_haus nicht_im_buero abwesen* urlaub* elternzeit wieder_erreichbar im_haus absent* conge* conges vacances bureau_ferme fuera_de_la_oficina vacaciones ausente* baja_medica afwezig* vakantie* verlof niet_aanwezig automatic_reply automatische_antwort reponse_automatique respuesta_automatica automatisch_antwoord in_my_absence in_dringenden waehrend_meiner en_mon_absence limited_access sabbatical back_on zurueck_am de_retour terug_op regreso weitergeleitet not_monitored unattended",
    "undelivered": "undeliverable delivery_failed delivery_failure could_not_be_delivered mailer-daemon postmaster 550 5.1.1 5.2.2 5.7.1 user_unknown mailbox_full recipient unzustellbar* nicht_zugestellt zustellung* postfach_voll non_remis non_distribu* n'a_pas_pu_etre_remis boite_pleine echec_de_remise no_se_puede_entregar no_se_pudo_entregar no_se_encontro_la_direccion buzon_lleno destinatario_desconocido onbestelbaar niet_bezorgd kon_niet_worden_bezorgd kon_niet_worden_afgeleverd mailbox_vol dsn returned_mail quota",
    "read_receipt": "was_read read_receipt read_your gelesen: gelesen lesebestaetigung* wurde_gelesen lu: accuse_de_lecture a_ete_lu leido: leido confirmacion_de_lectura fue_leido gelezen: gelezen leesbevestiging* is_gelezen afgeleverd read: delivered: zugestellt: remis: entregado: displayed geoeffnet deleted_without",
    "newsletter": "newsletter* unsubscribe view_in_browser digest webinar* subscribers abmelden abbestellen rundbrief desabonn* desinscri* infolettre boletin darse_de_baja afmelden uitschrijven nieuwsbrief* this_month's edition highlights issue_no read_more trends tips",
    "portal_ack": "ticket* case_number has_been_created we_have_received_your has_been_received do_not_reply noreply no-reply automated automatic_message automatisch_erzeugt automatische* nicht_auf_diese vorgangsnummer* ne_pas_repondre message_automatique dossier_cree accuse_de_reception no_responda mensaje_automatico numero_de_caso registrada_con_el niet_beantwoorden automatisch_bericht meldingsnummer ticketnummer* zaaknummer submitted_successfully successfully status_changed processing has_been_assigned",
    "sales": "demo pitch quick_call 15_minutes bubbling free_trial roi solution* leads seo factoring funding loan_offer boost* discount_on_our brochure our_product offer_you specialis* partner* kostenlos_testen unverbindlich* loesung* demotermin* termin_fuer angebot_fuer_sie steigern sparen_sie essai_gratuit demonstration notre_solution gagnez prospect* leads cashback demostracion nuestra_solucion ahorr* prueba_gratuita gratis_proef onze_oplossing demo_inplannen besparen vrijblijvend* interested_in introduce marketing outsource office_plants catering would_your_team",
    "spam": "lottery winner won prize crypto bitcoin invest* inheritance million viagra pills casino bonus_code click_here guaranteed urgent_business gewinn* gewonnen klicken erbschaft krypto heritage gagne cliquez lot_ premio loteria herencia criptomonedas haga_clic prijs_gewonnen klik erfenis loterij passive_income telegram whatsapp_group pharmacy replica singles cheap followers",
    # matters of other desks
    "elsewhere": (
        "job apply application cv resume vacancy internship interview bewerb* lebenslauf praktikum stelle ausbildung candidature stage emploi poste curriculum empleo practicas vacante sollicit* stage_plaats vacature "
        "driver gate dock loading parking forklift fahrer tor rampe parkplatz chauffeur quai conductor muelle portico poort laadperron journalist press school student sponsor* donation charity verein spende* association don donacion colegio goed_doel sponsoring "
        "newspaper invitation party birthday wedding lunch canteen lost_property keys jury court fire_drill alarm neighbour nachbar* voisin* vecino* buren password_reset toner printer drucker imprimante impresora printer_ bug crash* feature salesman rude aussendienst unfreundlich commercial_ impoli* vendedor grosero vertegenwoordiger onbeschoft survey umfrage enquete encuesta"
    ),
    "vague": "see_attached see_below as_discussed as_agreed call_me ring_me fyi siehe_anhang siehe_unten wie_besprochen rufen_sie voir_ci-joint voir_piece comme_convenu rappelez-moi ver_adjunto como_hablamos llamame llamenme zie_bijlage zie_onder zoals_besproken bel_me forwarded weitergeleitet test ???",
    "urgent": "urgent* asap immediately today right_away dringend* sofort* eilig umgehend unverzueglich urgence immediat* tout_de_suite urgente* inmediat* cuanto_antes spoed dringend onmiddellijk meteen vandaag heute aujourd'hui hoy",
    "lawyer": "lawyer* solicitor* attorney legal_action court anwalt* rechtsanwalt* gericht* klage avocat* tribunal huissier abogad* juzgado demanda advocaat* rechtbank dagvaard*",
}
